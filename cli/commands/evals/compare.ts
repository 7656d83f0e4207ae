import { evaluationRoutes } from "#contract/evaluations/routes";
import type { CaseChange } from "#contract/evaluations/evaluation";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { findEvaluation, readEvaluationId } from "./find-evaluation.ts";
import type { compareEvalsSpec } from "./specs.ts";

/** Compares two evaluations; exit code 1 for a regression. */
export const run: Run<typeof compareEvalsSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const evaluation = await findEvaluation(context, args, ({ status }) => status === "completed");
  const to = options.to === undefined ? undefined : readEvaluationId(options.to);
  const api = await context.api();
  const found = await api.call(evaluationRoutes.compareEvaluations, {
    params: { worker: args.worker, evaluation },
    query: to === undefined ? {} : { to },
  });
  if (json) output.document(found);
  else {
    const changed = found.cases.filter(({ change }) => change !== "same");
    output.table(
      ["CASE", "CHANGE", "BEFORE", "AFTER"],
      changed.map((one) => [one.name, one.lost ? "lost" : one.change, side(one.before), side(one.after)]),
    );
    output.note(`${found.cases_compared} cases compared by an ${found.test}.`);
    const p = `p of fewer ${found.p_worse.toPrecision(2)}, of more ${found.p_better.toPrecision(2)}`;
    const { scores } = found;
    if (scores !== null) {
      const by = `${scores.mean_change >= 0 ? "+" : ""}${scores.mean_change.toFixed(3)}`;
      output.note(
        `Scores ${by} on average: ${scores.verdict} by an ${scores.test} (p ${scores.p_worse.toPrecision(2)} and ${scores.p_better.toPrecision(2)}).`,
      );
    }
    output.line(`${found.before} to ${found.after}: ${found.verdict} (${p}; alpha ${found.alpha})`);
  }
  const isWorse = found.verdict === "regression" || found.scores?.verdict === "regression";
  return isWorse ? exitCodes.runFailed.code : exitCodes.ok.code;
};

function side(one: CaseChange["before"]): string {
  return one === null ? "" : `${one.passed}/${one.samples}`;
}
