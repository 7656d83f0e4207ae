import { memoryRoutes } from "#contract/memory/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { keepLearningSpec } from "./specs.ts";

/** Lets runs be told of a learning that waits. */
export const run: Run<typeof keepLearningSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const params = { worker: args.worker, learning: args.learning };
  const decided = await api.call(memoryRoutes.reviewLearning, { params, json: { verdict: "keep" } });
  if (json) output.document(decided);
  else output.line(`Kept: ${decided.learning}`);
  return exitCodes.ok.code;
};
