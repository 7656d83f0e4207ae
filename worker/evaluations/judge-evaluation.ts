import type { CaseResult, Comparison, SuiteResult } from "#contract/evaluations/evaluation";

/** A case's place in its suite's threshold. */
export interface SuiteBar {
  name: string;
  threshold: number;
}

/** How each suite has gone. Pure. */
export function sumSuites(bars: readonly SuiteBar[], cases: readonly CaseResult[]): SuiteResult[] {
  return bars.map(({ name, threshold }) => {
    const own = cases.filter((one) => one.name.startsWith(`${name}/`));
    const passed = own.reduce((sum, one) => sum + one.passed, 0);
    const samples = own.reduce((sum, one) => sum + one.samples.length, 0);
    // Shares of whole numbers: 0.7 of ten is seven.
    const met = passed + 1e-9 >= threshold * samples;
    return { name, passed, samples, threshold, met };
  });
}

const MOST_NAMED = 10;

/**
 * Why an evaluation does not pass; nothing where it does. It passes where each suite meets its threshold, every sample
 * could be judged, and beside its baseline nothing is a regression, lost, dropped or rewritten: what a version is held to is
 * not said by the push that brings it. Pure.
 */
export function findReasons(
  suites: readonly SuiteResult[],
  cases: readonly CaseResult[],
  comparison: Comparison | null,
): string[] {
  const below = suites
    .filter(({ met }) => !met)
    .map(
      ({ name, passed, samples, threshold }) =>
        `The suite ${name} is below its threshold: ${passed} of ${samples} samples pass, and ${threshold} is asked.`,
    );
  const unjudged = cases.filter(({ samples }) => samples.some(({ outcome }) => outcome === "error"));
  const errors =
    unjudged.length === 0 ? [] : [`Samples of ${names(unjudged)} could not be judged; they count as failed.`];
  return [...below, ...errors, ...(comparison === null ? [] : findWorse(comparison))];
}

function findWorse({ after, verdict, cases, p_worse, scores }: Comparison): string[] {
  const worse = cases.filter(({ change }) => change === "worse");
  const lost = worse.filter((one) => one.lost);
  const rewritten = cases.filter(({ change }) => change === "rewritten");
  const dropped = cases.filter(({ change }) => change === "dropped");
  return [
    ...(verdict === "regression"
      ? [`It is a regression from its baseline (p = ${p_worse.toPrecision(2)}). Worse: ${names(worse)}.`]
      : []),
    ...(scores?.verdict === "regression"
      ? [
          `Its scores are lower than at its baseline (p = ${scores.p_worse.toPrecision(2)}, by ${(-scores.mean_change).toFixed(3)} on average).`,
        ]
      : []),
    ...(lost.length > 0 ? [`These passed at the baseline and never do now: ${names(lost)}.`] : []),
    ...(dropped.length > 0 ? [`These are in the baseline and not here: ${names(dropped)}.`] : []),
    ...(rewritten.length > 0
      ? [
          `These ask or expect something else than at the baseline: ${names(rewritten)}. To accept them, make this evaluation (${after}) the baseline.`,
        ]
      : []),
  ];
}

function names(cases: readonly { name: string }[]): string {
  const shown = cases.slice(0, MOST_NAMED).map(({ name }) => name);
  const rest = cases.length - shown.length;
  return shown.join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
