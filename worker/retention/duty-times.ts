export const SOON_MS = 1000;
export const MINUTE_MS = 60_000;
/** How long what is to be deleted may still be there after that was announced, before it is taken as kept. */
export const ANNOUNCED_MS = 10 * MINUTE_MS;
/** Between two pages of what nobody uses any more: only that others get their turn at the tables. */
export const PAGE_PAUSE_MS = 50;
/** Runs deleted in one go. Each takes about four calls, and a wake-up may make a thousand. */
export const RUNS_AT_ONCE = 100;
/** So many runs are dealt with at a time: each holds connections, of which a wake-up may have only few open. */
export const SIDE_BY_SIDE = 10;
