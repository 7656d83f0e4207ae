/** The value that the part `share` (0 to 1) of the samples does not pass. Throws without samples. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (value === undefined) throw new Error("There are no samples.");
  return value;
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}
