/** How often one case passed, of how many samples, in each of two evaluations. */
export interface PairedCase {
  before: { passed: number; samples: number };
  after: { passed: number; samples: number };
}

/** What the test is called where people read of it. */
export const TEST_NAME =
  "exact conditional test, stratified by case (Mantel-Haenszel; with one sample of each case it is McNemar's exact test)";

/** A verdict other than noise is wrong in so many of all comparisons at most, where nothing has changed. */
export const ALPHA = 0.05;

/** Sums of probabilities are compared with room for the last digits of doubles. */
const ROUNDING = 1e-12;

/**
 * How likely so few, and so many, passes of the newer evaluation are where each case passes as often as before. Given how
 * many samples of a case pass in both together, how many of them are the newer one's is hypergeometric; cases are
 * independent, so that the sum's distribution is their convolution. Nothing is approximated, and nothing drawn. Pure.
 */
export function exactTest(cases: readonly PairedCase[]): { p_worse: number; p_better: number } {
  let observed = 0;
  let lowest = 0;
  let all = [1];
  for (const { before, after } of cases) {
    const ways = hypergeometric({
      passed: before.passed + after.passed,
      drawn: after.samples,
      all: before.samples + after.samples,
    });
    observed += after.passed;
    lowest += ways.lowest;
    if (ways.shares.length > 1) all = convolve(all, ways.shares);
  }
  const at = observed - lowest;
  const p_worse = sum(all.slice(0, at + 1));
  const p_better = sum(all.slice(at));
  return { p_worse: Math.min(1, p_worse), p_better: Math.min(1, p_better) };
}

/** Each side has half of alpha: a difference is looked for in both directions. Pure. */
export function judgeChange(
  { p_worse, p_better }: { p_worse: number; p_better: number },
  alpha: number = ALPHA,
): "regression" | "improvement" | "noise" {
  if (p_worse <= alpha / 2 + ROUNDING) return "regression";
  return p_better <= alpha / 2 + ROUNDING ? "improvement" : "noise";
}

/** The chances of each number of passes among the drawn, from the lowest possible one. */
function hypergeometric(of: { passed: number; drawn: number; all: number }): {
  lowest: number;
  shares: number[];
} {
  const lowest = Math.max(0, of.drawn + of.passed - of.all);
  const highest = Math.min(of.drawn, of.passed);
  const ways = Array.from({ length: highest - lowest + 1 }, (_, step) => {
    const at = lowest + step;
    return choose(of.passed, at) * choose(of.all - of.passed, of.drawn - at);
  });
  const total = sum(ways);
  return { lowest, shares: ways.map((one) => one / total) };
}

/** Of numbers up to forty: exact in a double. */
function choose(from: number, count: number): number {
  let ways = 1;
  for (let step = 1; step <= Math.min(count, from - count); step++) ways = (ways * (from - step + 1)) / step;
  return Math.round(ways);
}

function convolve(one: readonly number[], other: readonly number[]): number[] {
  const both = Array.from({ length: one.length + other.length - 1 }, () => 0);
  one.forEach((a, i) => {
    other.forEach((b, j) => {
      both[i + j] = (both[i + j] ?? 0) + a * b;
    });
  });
  return both;
}

function sum(values: readonly number[]): number {
  return values.reduce((all, one) => all + one, 0);
}
