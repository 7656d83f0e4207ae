import { describe, expect, it } from "vitest";
import { seededDraws } from "../../test/support/seeded-draws.ts";
import { verifies } from "../../test/verifies.ts";
import { exactTest, judgeChange } from "./exact-test.ts";
import type { PairedCase } from "./exact-test.ts";

const pair = (before: [number, number], after: [number, number]): PairedCase => ({
  before: { passed: before[0], samples: before[1] },
  after: { passed: after[0], samples: after[1] },
});
const times = (count: number, one: PairedCase) => Array.from({ length: count }, () => one);

/** An evaluation of cases that pass with known chances. */
function draw(random: () => number, chances: readonly number[], samples: number) {
  return chances.map((chance) => ({
    samples,
    passed: Array.from({ length: samples }, random).filter((one) => one < chance).length,
  }));
}

function simulate(of: {
  seed: number;
  rounds: number;
  samples: number;
  before: readonly number[];
  after: readonly number[];
}) {
  const random = seededDraws(of.seed);
  const seen = { regression: 0, improvement: 0, noise: 0 };
  for (let round = 0; round < of.rounds; round++) {
    const olds = draw(random, of.before, of.samples);
    const news = draw(random, of.after, of.samples);
    const cases = olds.flatMap((before, at) => {
      const after = news[at];
      return after === undefined ? [] : [{ before, after }];
    });
    seen[judgeChange(exactTest(cases))] += 1;
  }
  return seen;
}

describe("the exact test", () => {
  it("is McNemar's with one sample of each case: ties say nothing, and the rest is a fair coin", () => {
    const cases = [
      ...times(7, pair([1, 1], [0, 1])),
      pair([0, 1], [1, 1]),
      ...times(50, pair([1, 1], [1, 1])),
    ];
    // At most one head in eight throws: (1 + 8) / 256.
    expect(exactTest(cases).p_worse).toBeCloseTo(9 / 256, 12);
    expect(exactTest(cases).p_better).toBeCloseTo(255 / 256, 12);
  });

  it("is Fisher's with one case of several samples", () => {
    // Of ten samples five pass, all of them the older one's: one of 252 ways.
    expect(exactTest([pair([5, 5], [0, 5])]).p_worse).toBeCloseTo(1 / 252, 12);
    expect(exactTest([pair([5, 5], [0, 5])]).p_better).toBeCloseTo(1, 12);
  });

  it("says noise of nothing at all, and of what could be chance", () => {
    expect(judgeChange(exactTest([]))).toBe("noise");
    expect(judgeChange(exactTest(times(5, pair([1, 1], [0, 1]))))).toBe("noise");
    expect(judgeChange(exactTest(times(6, pair([1, 1], [0, 1]))))).toBe("regression");
    expect(judgeChange(exactTest(times(6, pair([0, 1], [1, 1]))))).toBe("improvement");
  });

  it("stays a chance where there are very many cases", () => {
    const { p_worse, p_better } = exactTest(times(200, pair([10, 20], [10, 20])));
    expect(p_worse).toBeGreaterThan(0.5);
    expect(p_worse + p_better).toBeGreaterThan(1);
    expect(p_worse).toBeLessThanOrEqual(1);
  });
});

const mixed = [1, 0.95, 0.9, 0.8, 0.7, 0.5, 0.5, 0.3, 0.1, 0];
const even = Array.from({ length: 20 }, () => 0.5);

describe("on synthetic scorers with known truth", () => {
  it.each([
    { chances: mixed, samples: 1 },
    { chances: mixed, samples: 3 },
    { chances: mixed, samples: 5 },
    { chances: even, samples: 1 },
    { chances: even, samples: 3 },
  ])(
    "where nothing has changed, no more than alpha of the verdicts are wrong ($samples samples)",
    ({ chances, samples }) => {
      verifies("evals:statistics:error-rates");
      const rounds = 2000;
      const seen = simulate({ seed: 20_261_129, rounds, samples, before: chances, after: chances });
      // By the binomial law 2,000 rounds at exactly 0.025 a side give more than 72 in one of a thousand.
      expect(seen.regression).toBeLessThanOrEqual(72);
      expect(seen.improvement).toBeLessThanOrEqual(72);
      expect(seen.regression + seen.improvement).toBeLessThanOrEqual(0.05 * rounds + 31);
    },
  );

  it("where half of the passes are gone, it is found, and never called an improvement", () => {
    verifies("evals:statistics:power");
    const before = Array.from({ length: 20 }, () => 0.9);
    const after = before.map((chance) => chance / 2);
    const seen = simulate({ seed: 7, rounds: 500, samples: 3, before, after });
    expect(seen.regression).toBeGreaterThanOrEqual(475);
    expect(seen.improvement).toBe(0);
    const back = simulate({ seed: 7, rounds: 500, samples: 3, before: after, after: before });
    expect(back.improvement).toBeGreaterThanOrEqual(475);
    expect(back.regression).toBe(0);
  });
});
