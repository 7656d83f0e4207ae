const FIRST_MS = 1000;
const LONGEST_MS = 10_000;

/** How long a listener's next pause is, milliseconds: a second at first, then a quarter longer each time. Pure. */
export function nextPause(last: number | null): number {
  return last === null ? FIRST_MS : Math.min(LONGEST_MS, Math.round(last * 1.25));
}
