/** How often: so many requests in so many milliseconds. */
export interface Pace {
  requests: number;
  windowMs: number;
}

/**
 * Whether one more request is within the pace, by the generic cell rate algorithm (ITU-T I.371): one number stands for
 * all that was asked before, the time at which it would all have been asked at an even pace. As many as the pace has may
 * come at once; after that they come back evenly. A time further ahead than any count leads was written by a clock that has
 * been set back since, and says nothing. `until` and `now` are epoch milliseconds. Pure.
 */
export function takeTurn(
  until: number | undefined,
  { requests, windowMs }: Pace,
  now: number,
): { until: number; waitMs: 0 } | { until: null; waitMs: number } {
  const known = until === undefined || until > now + 2 * windowMs ? now : until;
  const next = Math.max(known, now) + windowMs / requests;
  const waitMs = next - now - windowMs;
  // Parts of a millisecond add up in fractions that are not quite whole.
  return waitMs > 0.001 ? { until: null, waitMs } : { until: next, waitMs: 0 };
}
