import { evaluationRoutes } from "#contract/evaluations/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { findEvaluation } from "./find-evaluation.ts";
import type { baselineSpec } from "./specs.ts";

/** Sets a worker's baseline. */
export const run: Run<typeof baselineSpec> = async (context, { args }) => {
  const evaluation = await findEvaluation(context, args, ({ verdict, whole }) => whole && verdict === "pass");
  const api = await context.api();
  const set = await api.call(evaluationRoutes.setBaseline, {
    params: { worker: args.worker },
    json: { evaluation },
  });
  if (context.json) context.output.document(set);
  else context.output.line(`${set.id} (version ${set.version}) is the baseline of ${set.worker}.`);
  return exitCodes.ok.code;
};
