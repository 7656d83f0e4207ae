import { evaluationRoutes } from "#contract/evaluations/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { cancelEvalSpec } from "./specs.ts";

/** Ends an evaluation. */
export const run: Run<typeof cancelEvalSpec> = async (context, { args }) => {
  const api = await context.api();
  const seen = await api.call(evaluationRoutes.cancelEvaluation, { params: args });
  if (context.json) context.output.document(seen);
  else if (seen.status === "running") context.output.line(`${seen.id} is being cancelled.`);
  else context.output.line(`${seen.id} had ended before: it is ${seen.status}.`);
  return exitCodes.ok.code;
};
