/** How often: so many requests in so many milliseconds. */
export interface Pace {
  requests: number;
  windowMs: number;
}

/** Milliseconds by which two clocks that are right may differ. One that goes back by more has been set back. */
export const MOST_SKEW_MS = 1000;

/**
 * Whether one more request is within the pace, by the generic cell rate algorithm (ITU-T I.371): one number stands for
 * all that was asked before, the time at which it would all have been asked at an even pace. As many as the pace has may
 * come at once; after that they come back evenly. `until` and `now` are epoch milliseconds of one clock, which does not go
 * back. Pure.
 */
export function takeTurn(
  until: number | undefined,
  { requests, windowMs }: Pace,
  now: number,
): { until: number; waitMs: 0 } | { until: null; waitMs: number } {
  const next = Math.max(until ?? now, now) + windowMs / requests;
  const waitMs = next - now - windowMs;
  // Parts of a millisecond add up in fractions that are not quite whole.
  return waitMs > 0.001 ? { until: null, waitMs } : { until: next, waitMs: 0 };
}
