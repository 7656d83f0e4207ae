import { limits } from "#contract/limits";

const DAY_MS = 86_400_000;

/** Events from before this time are let go, epoch milliseconds. Pure. */
export function keptSince(nowMs: number): number {
  return nowMs - limits.audit_days.value * DAY_MS;
}
