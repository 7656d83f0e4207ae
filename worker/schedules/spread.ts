/** What is due at one minute is spread over so many milliseconds. */
const SPREAD_MS = 5000;

/** A number in [0, 1) that is always the same for an id and as good as random among many. FNV-1a. Pure. */
export function shareOf(id: string): number {
  let hash = 0x811c9dc5;
  for (const char of id) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  // The last characters alone would move the low bits alone.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
  return ((hash ^ (hash >>> 13)) >>> 0) / 4_294_967_296;
}

/**
 * How long after their time a worker's schedules are looked at, so that what many workers do at the same minute does not
 * knock at the same moment. The time itself stays what it is: it is what a run's key and the record name. Pure.
 */
export function spreadMs(workerId: string): number {
  return Math.floor(shareOf(workerId) * SPREAD_MS);
}
