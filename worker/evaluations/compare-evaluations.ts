import type { EvaluationId } from "#contract/ids";
import type { CaseChange, CaseResult, Comparison } from "#contract/evaluations/evaluation";
import { SCORE_TEST_NAME, signedRankTest } from "./signed-rank.ts";
import { ALPHA, exactTest, judgeChange, TEST_NAME } from "./exact-test.ts";

/** An evaluation that is over, as far as it is compared. */
export interface ComparedEvaluation {
  id: EvaluationId;
  cases: readonly CaseResult[];
}

/** What became of each case from one evaluation to another, and whether that is more than chance. Pure. */
export function compareEvaluations(
  before: ComparedEvaluation,
  after: ComparedEvaluation,
  alpha: number = ALPHA,
): Comparison {
  const changes = changesOf(before.cases, after.cases);
  const pairs = changes.flatMap(({ change, before: old, after: now }) =>
    old === null || now === null || change === "rewritten" ? [] : [{ before: old, after: now }],
  );
  const test = exactTest(pairs);
  const compared = new Set(changes.flatMap(({ name, change }) => (change === "rewritten" ? [] : [name])));
  return {
    before: before.id,
    after: after.id,
    verdict: judgeChange(test, alpha),
    test: TEST_NAME,
    alpha,
    ...test,
    scores: compareScores([before.cases, after.cases], { compared, alpha }),
    cases_compared: pairs.length,
    cases: changes,
  };
}

/** By the mean score of each case, over as many samples as both have, so that neither sign is likelier by chance. */
function compareScores(
  [olds, news]: readonly [readonly CaseResult[], readonly CaseResult[]],
  { compared, alpha }: { compared: ReadonlySet<string>; alpha: number },
): Comparison["scores"] {
  const before = new Map(olds.map((one) => [one.name, one.samples.map(({ score }) => score)]));
  const pairs = news.flatMap(({ name, samples }) => {
    const old = before.get(name);
    const now = samples.map(({ score }) => score);
    const both = Math.min(old?.length ?? 0, now.length);
    return old === undefined || both === 0 || !compared.has(name)
      ? []
      : [{ old: old.slice(0, both), now: now.slice(0, both) }];
  });
  const isFine = pairs.some(({ old, now }) => [...old, ...now].some((score) => score !== 0 && score !== 1));
  if (!isFine) return null;
  const differences = pairs.map(({ old, now }) => mean(now) - mean(old));
  const found = signedRankTest(differences);
  return {
    verdict: judgeChange(found, alpha),
    test: SCORE_TEST_NAME,
    ...found,
    mean_change: mean(differences),
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

function changesOf(before: readonly CaseResult[], after: readonly CaseResult[]): CaseChange[] {
  const olds = new Map(before.map((one) => [one.name, one]));
  const names = new Set([...before, ...after].map(({ name }) => name));
  const news = new Map(after.map((one) => [one.name, one]));
  return [...names].map((name) => changeOf(name, olds.get(name), news.get(name)));
}

function changeOf(name: string, old: CaseResult | undefined, now: CaseResult | undefined): CaseChange {
  const before = old === undefined ? null : sideOf(old);
  const after = now === undefined ? null : sideOf(now);
  const none = { name, lost: false, before, after };
  if (before === null) return { ...none, change: "added" };
  if (after === null) return { ...none, change: "dropped" };
  if (old?.digest !== now?.digest) return { ...none, change: "rewritten" };
  const step = after.passed / after.samples - before.passed / before.samples;
  const lost = before.passed === before.samples && after.passed === 0;
  return { name, lost, before, after, change: step < 0 ? "worse" : step > 0 ? "better" : "same" };
}

function sideOf({ passed, samples, score }: CaseResult) {
  return { passed, samples: samples.length, score };
}
