export const SOON_MS = 1000;
export const MINUTE_MS = 60_000;
/** How long what is to be deleted may still be there after that was announced, before it is taken as kept. */
export const ANNOUNCED_MS = 10 * MINUTE_MS;
/** Runs deleted in one go: so many calls a wake-up may make. */
export const RUNS_AT_ONCE = 10;
