import type { EvaluationDetail, EvaluationSummary } from "#contract/evaluations/evaluation";
import type { CommandContext } from "../../context.ts";

export const percent = (share: number | null): string =>
  share === null ? "" : `${(100 * share).toFixed(0)}%`;

/** Its cases, what failed with why, and its verdict. */
export function showEvaluation({ output }: CommandContext, seen: EvaluationDetail): void {
  output.table(
    ["CASE", "PASSED", "SCORE", "WHY"],
    seen.cases.map(({ name, passed, samples, score }) => {
      const failed = samples.find(({ outcome }) => outcome !== "passed");
      const why = failed?.reason ?? failed?.scores.find((one) => !one.passed)?.reason ?? "";
      return [name, `${passed}/${samples.length}`, score.toFixed(2), why.slice(0, 100)];
    }),
  );
  for (const reason of seen.reasons) output.note(reason);
  output.line(describeEvaluation(seen));
}

/** One line: what it says of which version. */
export function describeEvaluation(seen: EvaluationSummary): string {
  const { worker, version, verdict, status, pass_rate, against_baseline, cost_usd } = seen;
  const beside = against_baseline === null ? "" : `, beside the baseline ${against_baseline}`;
  return `${seen.id}: ${worker} version ${version}: ${verdict ?? status}, ${percent(pass_rate)} of samples pass${beside}, $${cost_usd.toFixed(4)}`;
}
