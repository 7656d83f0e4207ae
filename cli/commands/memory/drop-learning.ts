import { memoryRoutes } from "#contract/memory/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { dropLearningSpec } from "./specs.ts";

/** Deletes a learning. */
export const run: Run<typeof dropLearningSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const params = { worker: args.worker, learning: args.learning };
  const decided = await api.call(memoryRoutes.reviewLearning, { params, json: { verdict: "drop" } });
  if (json) output.document(decided);
  else output.line(`Dropped: ${decided.learning}`);
  return exitCodes.ok.code;
};
