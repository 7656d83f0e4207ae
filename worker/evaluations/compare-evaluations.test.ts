import { expect, it } from "vitest";
import type { CaseResult, Sample } from "#contract/evaluations/evaluation";
import { evaluationIdSchema } from "#contract/ids";
import { numberedId } from "../../test/support/numbered-id.ts";
import { verifies } from "../../test/verifies.ts";
import { compareEvaluations } from "./compare-evaluations.ts";
import { findReasons, sumSuites } from "./judge-evaluation.ts";
import { rankEvaluations } from "./rank-evaluations.ts";

const idOf = (number: number) => evaluationIdSchema.parse(numberedId("run", number).replace("run_", "evl_"));
const sample = (outcome: Sample["outcome"]): Sample => ({
  run_id: null,
  run_status: null,
  outcome,
  score: outcome === "passed" ? 1 : 0,
  scores: [],
  reason: null,
  latency_ms: 10,
  cost_usd: 0,
});

function caseOf(name: string, passed: number, samples: number, digest = "d"): CaseResult {
  return {
    name: `s/${name}`,
    digest,
    passed,
    samples: Array.from({ length: samples }, (_, at) => sample(at < passed ? "passed" : "failed")),
    score: passed / samples,
  };
}

it("says what became of each case, and compares those alone that ask the same", () => {
  const before = [caseOf("same", 2, 2), caseOf("lost", 2, 2), caseOf("gone", 1, 1), caseOf("asks", 1, 1)];
  const after = [caseOf("same", 2, 2), caseOf("lost", 0, 2), caseOf("new", 1, 1), caseOf("asks", 0, 1, "e")];
  const found = compareEvaluations({ id: idOf(1), cases: before }, { id: idOf(2), cases: after });
  expect(found.cases.map(({ name, change, lost }) => [name, change, lost])).toEqual([
    ["s/same", "same", false],
    ["s/lost", "worse", true],
    ["s/gone", "dropped", false],
    ["s/asks", "rewritten", false],
    ["s/new", "added", false],
  ]);
  expect(found).toMatchObject({ cases_compared: 2, verdict: "noise" });
  const reasons = findReasons([], after, found).join(" ");
  expect(reasons).toContain("never do now: s/lost.");
  expect(reasons).toContain("not here: s/gone.");
  verifies("evals:gate:rewritten-cases");
  expect(reasons).toContain(
    `something else than at the baseline: s/asks. To accept them, make this evaluation (${idOf(2)})`,
  );
});

it("passes what meets its thresholds, and not what nobody could judge", () => {
  const cases = [caseOf("a", 7, 10)];
  const [met, below] = [0.7, 0.8].map((threshold) => sumSuites([{ name: "s", threshold }], cases));
  expect(findReasons(met ?? [], cases, null)).toEqual([]);
  expect(findReasons(below ?? [], cases, null)[0]).toContain("7 of 10 samples");
  const unjudged = [{ ...caseOf("a", 1, 1), samples: [sample("passed"), sample("error")] }];
  expect(findReasons([], unjudged, null)[0]).toContain("s/a");
});

it("ranks by wins that are more than chance, and by the rest where there are none", () => {
  const player = (number: number, passed: number) => ({
    id: idOf(number),
    version: number,
    cost_usd: 0,
    cases: Array.from({ length: 20 }, (_, at) => caseOf(`c${at}`, passed, 3)),
  });
  const { ranking, alpha, pairs } = rankEvaluations([player(1, 1), player(2, 3), player(3, 1)]);
  expect(ranking.map(({ version, wins, losses, draws }) => [version, wins, losses, draws])).toEqual([
    [2, 2, 0, 0],
    [3, 0, 1, 1],
    [1, 0, 1, 1],
  ]);
  expect(alpha).toBeCloseTo(0.05 / 3, 12);
  expect(pairs.map(({ verdict }) => verdict)).toEqual(["improvement", "noise", "regression"]);
});

function scored(name: string, scores: readonly number[]): CaseResult {
  const samples = scores.map((score) => ({ ...sample("passed"), score }));
  return { name: `s/${name}`, digest: "d", passed: scores.length, samples, score: scores[0] ?? 0 };
}

it("fails a version whose scores are lower though all of its samples pass", () => {
  const names = Array.from({ length: 8 }, (_, at) => `c${at}`);
  const before = names.map((name) => scored(name, [0.95, 0.9]));
  const after = names.map((name) => scored(name, [0.8, 0.85, 1]));
  const found = compareEvaluations({ id: idOf(1), cases: before }, { id: idOf(2), cases: after });
  expect(found).toMatchObject({ verdict: "noise", scores: { verdict: "regression", p_worse: 1 / 256 } });
  // Of the newer one's three samples two are compared: the older one has no more.
  expect(found.scores?.mean_change).toBeCloseTo(-0.1, 9);
  expect(findReasons([], after, found)).toEqual([
    "Its scores are lower than at its baseline (p = 0.0039, by 0.100 on average).",
  ]);
});

it("tests no scores that say no more than pass and fail", () => {
  const cases = [caseOf("a", 1, 2)];
  expect(compareEvaluations({ id: idOf(1), cases }, { id: idOf(2), cases }).scores).toBeNull();
});
