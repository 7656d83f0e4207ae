/** Calls that were made, and when they count no more, epoch milliseconds. */
export interface CountedCalls {
  until: number;
  calls: number;
}

/** `taken`: the call may be made, and is counted. `later`: it came too often; `count` is how many there are with it. */
export type RateVerdict =
  { kind: "taken" } | { kind: "later"; retry_at: number; count: number; limit: number };

/** A call counts for so long. */
export const RATE_WINDOW_MS = 60_000;

/** Whether one call more keeps within so many at a time, and from when on one would. Pure. */
export function judgeRate(
  counted: readonly CountedCalls[],
  { limit, now }: { limit: number; now: number },
): RateVerdict {
  const within = counted.filter(({ until }) => until > now).toSorted((a, b) => a.until - b.until);
  const count = within.reduce((sum, { calls }) => sum + calls, 0);
  if (count < limit) return { kind: "taken" };
  let left = count;
  const last = within.find(({ calls }) => (left -= calls) < limit);
  return { kind: "later", retry_at: last?.until ?? now + RATE_WINDOW_MS, count: count + 1, limit };
}
