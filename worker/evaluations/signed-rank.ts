/** What the test is called where people read of it. */
export const SCORE_TEST_NAME =
  "exact Wilcoxon signed-rank test of the cases' mean scores (middle ranks for ties, cases without a difference left out)";

/** Differences are the same up to the last digits of doubles. */
const DIGITS = 1e9;

/**
 * How likely a sum of ranks so far on the worse, and on the better, side is where each case's difference has either sign
 * equally often, as it has where nothing has changed and both evaluations have as many samples of the case. The
 * distribution is counted out over all signs, given the ranks: nothing is approximated, and nothing drawn.
 * `differences` are newer minus older, one a case. Pure.
 */
export function signedRankTest(differences: readonly number[]): { p_worse: number; p_better: number } {
  const rounded = differences.map((one) => Math.round(one * DIGITS)).filter((one) => one !== 0);
  const ranks = doubledRanks(rounded.map(Math.abs));
  const observed = rounded.reduce((sum, one, at) => sum + (one > 0 ? (ranks[at] ?? 0) : 0), 0);
  const shares = spread(ranks);
  const upTo = (from: number, to: number) => shares.slice(from, to).reduce((sum, one) => sum + one, 0);
  return {
    p_worse: Math.min(1, upTo(0, observed + 1)),
    p_better: Math.min(1, upTo(observed, shares.length)),
  };
}

/** Twice the rank of each size, so that the middle of several same ones is a whole number. */
function doubledRanks(sizes: readonly number[]): number[] {
  const sorted = sizes.toSorted((one, other) => one - other);
  return sizes.map((size) => {
    const first = sorted.indexOf(size);
    const last = sorted.lastIndexOf(size);
    return first + last + 2;
  });
}

/** The chance of each sum of those ranks that have one sign. */
function spread(ranks: readonly number[]): number[] {
  const total = ranks.reduce((sum, one) => sum + one, 0);
  const shares = Array.from({ length: total + 1 }, () => 0);
  shares[0] = 1;
  let reached = 0;
  for (const rank of ranks) {
    reached += rank;
    for (let sum = reached; sum >= 0; sum--)
      shares[sum] = ((shares[sum] ?? 0) + (sum >= rank ? (shares[sum - rank] ?? 0) : 0)) / 2;
  }
  return shares;
}
