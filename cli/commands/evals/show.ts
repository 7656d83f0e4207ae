import { evaluationRoutes } from "#contract/evaluations/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { findEvaluation } from "./find-evaluation.ts";
import { showEvaluation } from "./show-evaluation.ts";
import type { showEvalSpec } from "./specs.ts";

/** Shows an evaluation. */
export const run: Run<typeof showEvalSpec> = async (context, { args }) => {
  const params = { worker: args.worker, evaluation: await findEvaluation(context, args) };
  const seen = await (await context.api()).call(evaluationRoutes.getEvaluation, { params });
  if (context.json) context.output.document(seen);
  else showEvaluation(context, seen);
  return exitCodes.ok.code;
};
