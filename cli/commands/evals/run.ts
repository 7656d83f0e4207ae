import { evaluationRoutes } from "#contract/evaluations/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { followEvaluation } from "./follow-evaluation.ts";
import { showEvaluation } from "./show-evaluation.ts";
import type { runEvalsSpec } from "./specs.ts";

/** Evaluates a worker; exit code 1 unless it passes. */
export const run: Run<typeof runEvalsSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const api = await context.api();
  const { version, suite, key } = options;
  const begun = await api.call(evaluationRoutes.startEvaluation, {
    params: { worker: args.worker },
    json: {
      ...(version === undefined ? {} : { version }),
      ...(suite.length === 0 ? {} : { suites: suite }),
      ...(key === undefined ? {} : { key }),
    },
  });
  if (options.detach) {
    if (json) output.document(begun);
    else output.line(`${begun.id} is under way: floom evals show ${args.worker} ${begun.id}`);
    return exitCodes.ok.code;
  }
  const seen = await followEvaluation(context, { worker: args.worker, evaluation: begun.id });
  const { verdict, ...rest } = seen;
  // Whoever reads the end of a long document finds the verdict there.
  if (json) output.document({ ...rest, verdict });
  else showEvaluation(context, seen);
  return verdict === "pass" ? exitCodes.ok.code : exitCodes.runFailed.code;
};
