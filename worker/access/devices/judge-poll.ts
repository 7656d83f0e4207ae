import type { DeviceRow } from "./store.ts";

/** What comes of asking about a sign-in: `slow` is too soon after the last time. */
export type PollVerdict = "unknown" | "pending" | "slow" | "denied" | "consumed" | "approved";

/** By so much a question may come early: what is sent on time can arrive sooner than it was meant to. */
const EARLY_MS = 500;
/** So much longer than before a program waits that asked too soon (RFC 8628, section 3.5). */
export const SLOWER_SECONDS = 5;

/** What a program is told that asks about its sign-in. Times in epoch milliseconds. Pure. */
export function judgePoll(row: DeviceRow | undefined, now: number): PollVerdict {
  if (row === undefined) return "unknown";
  if (row.status === "denied" || row.status === "consumed") return row.status;
  if (now >= row.expires_at) return "unknown";
  const isSoon = row.polled_at !== null && now - row.polled_at < row.interval_seconds * 1000 - EARLY_MS;
  return isSoon ? "slow" : row.status;
}
