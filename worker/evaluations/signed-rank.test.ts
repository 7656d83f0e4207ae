import { describe, expect, it } from "vitest";
import { seededDraws } from "../../test/support/seeded-draws.ts";
import { verifies } from "../../test/verifies.ts";
import { judgeChange } from "./exact-test.ts";
import { signedRankTest } from "./signed-rank.ts";

describe("the signed-rank test", () => {
  it("is Wilcoxon's table where no two differences are of one size", () => {
    // All of five worse: one of 32 ways. Sum of the better ranks 3 of six: five of 64 ways.
    expect(signedRankTest([-1, -2, -3, -4, -5]).p_worse).toBeCloseTo(1 / 32, 12);
    expect(signedRankTest([-1, -2, 3, -4, -5, -6]).p_worse).toBeCloseTo(5 / 64, 12);
    expect(signedRankTest([1, 2, 3, 4, 5]).p_better).toBeCloseTo(1 / 32, 12);
  });

  it("is the sign test where all differences are of one size, whatever doubles make of it", () => {
    const differences = [0.3 - 0.2, 0.2 - 0.1, 0.1, 0.1, 0.1, -0.1];
    expect(signedRankTest(differences).p_better).toBeCloseTo(7 / 64, 12);
  });

  it("leaves out what has not changed, and says nothing of nothing", () => {
    expect(signedRankTest([0, 0, 0])).toEqual({ p_worse: 1, p_better: 1 });
    expect(signedRankTest([0, -1, 0, -2])).toEqual(signedRankTest([-1, -2]));
  });

  it("stays a chance with as many cases as there may be", () => {
    const { p_worse, p_better } = signedRankTest(
      Array.from({ length: 200 }, (_, at) => (at % 2 === 0 ? 1 : -1) * (at + 1)),
    );
    expect(p_worse + p_better).toBeGreaterThan(1);
    expect(Math.max(p_worse, p_better)).toBeLessThanOrEqual(1);
  });
});

describe("on synthetic scorers with known truth", () => {
  /** Scores that lean to 1 as a judge's do, some in tenths, so that there are ties. */
  const score = (draw: () => number, { level, steps }: { level: number; steps: number }) =>
    Math.round(steps * Math.min(1, Math.max(0, level + (draw() - draw()) / 3))) / steps;

  function simulate(of: { rounds: number; samples: number; steps: number; loss: number; cases: number }) {
    const draw = seededDraws(20_261_129);
    const seen = { regression: 0, improvement: 0, noise: 0 };
    const mean = (level: number) =>
      Array.from({ length: of.samples }, () => score(draw, { level, steps: of.steps })).reduce(
        (sum, one) => sum + one / of.samples,
        0,
      );
    for (let round = 0; round < of.rounds; round++) {
      const differences = Array.from({ length: of.cases }, (_, at) => {
        const level = 0.4 + (0.6 * at) / of.cases;
        const before = mean(level);
        return mean(level - of.loss) - before;
      });
      seen[judgeChange(signedRankTest(differences))] += 1;
    }
    return seen;
  }

  it.each([
    { samples: 1, steps: 10, cases: 12 },
    { samples: 3, steps: 10, cases: 12 },
    { samples: 1, steps: 1000, cases: 30 },
    { samples: 2, steps: 4, cases: 40 },
  ])("where nothing has changed, no more than alpha of the verdicts are wrong (%o)", (of) => {
    verifies("evals:statistics:scores");
    const rounds = 2000;
    const seen = simulate({ ...of, rounds, loss: 0 });
    // By the binomial law 2,000 rounds at exactly 0.025 a side give more than 72 in one of a thousand.
    expect(seen.regression).toBeLessThanOrEqual(72);
    expect(seen.improvement).toBeLessThanOrEqual(72);
  });

  it("finds a loss that no pass or fail would show, and never calls it an improvement", () => {
    verifies("evals:statistics:scores");
    const seen = simulate({ rounds: 500, samples: 3, steps: 100, loss: 0.12, cases: 20 });
    expect(seen.regression).toBeGreaterThanOrEqual(475);
    expect(seen.improvement).toBe(0);
  });
});
