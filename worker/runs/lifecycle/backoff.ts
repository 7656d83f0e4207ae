const LEAST_MS = 5000;
const MOST_MS = 3_600_000;
/** Each wait is this part of what has passed already, so that waits grow by as much from one to the next. */
const SHARE = 0.3;
const SPREAD = 0.25;

/**
 * How long to wait before a duty that failed is tried again, when it has been owed for `owedMs`: 5 seconds at first, an
 * hour at most, spread by `jitter` in [0, 1) so that what failed together does not knock together. It needs no counter:
 * since when a duty is owed is on the record, and holds after the object has gone away. Pure.
 */
export function backoffMs(owedMs: number, jitter: number): number {
  const wait = Math.min(MOST_MS, Math.max(LEAST_MS, owedMs * SHARE));
  return Math.round(wait * (1 + SPREAD * jitter));
}
