/** Epoch milliseconds. Passed in wherever time decides something, so that tests can hold it still. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

/** Epoch milliseconds as ISO 8601 in UTC. */
export function toIso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** A time in epoch milliseconds as ISO 8601 in UTC; null for one that has not come yet. */
export function toIsoOrNull(epochMs: number | null): string | null {
  return epochMs === null ? null : toIso(epochMs);
}
