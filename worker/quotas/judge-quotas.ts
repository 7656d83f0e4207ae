import { limits } from "#contract/limits";
import type { QuotaName, Quotas, QuotaState } from "#contract/quotas/quota";
import { formatCount } from "#contract/words";
import { AppError } from "../platform/app-error.ts";

const DAY_MS = 86_400_000;

/** How much there is of what quotas are on; null for what is not counted. */
export type QuotaUse = Record<QuotaName, number | null>;

/** What every workspace may have; null for no limit. */
const defaults: Quotas = {
  workers: limits.workspace_workers.value,
  triggers: limits.workspace_triggers.value,
  starts_per_day: null,
};

/** The day that a time (epoch milliseconds) lies in, counted from 1970 in UTC. Pure. */
export function dayOf(now: number): number {
  return Math.floor(now / DAY_MS);
}

/** How much a workspace may have of something, by what is set for it; null for no limit. Pure. */
export function limitOf(set: Quotas, quota: QuotaName): number | null {
  return set[quota] ?? defaults[quota];
}

/** How each quota stands; `now` in epoch milliseconds. Pure. */
export function describeQuotas(set: Quotas, use: QuotaUse, now: number): QuotaState[] {
  const names: QuotaName[] = ["workers", "triggers", "starts_per_day"];
  return names.map((quota) => ({
    quota,
    used: use[quota],
    limit: limitOf(set, quota),
    is_default: set[quota] === null,
    resets_at: quota === "starts_per_day" ? new Date((dayOf(now) + 1) * DAY_MS).toISOString() : null,
  }));
}

/** Whether so many more than there are would be too many. Pure. */
export function isBeyond(limit: number | null, { used, more }: { used: number; more: number }): boolean {
  return limit !== null && used + more > limit;
}

/** The refusal of one thing more than a workspace may have. Pure. */
export function refuseThing(
  quota: "workers" | "triggers",
  { used, more, limit }: { used: number; more: number; limit: number },
): AppError {
  const noun = quota === "workers" ? "worker" : "trigger";
  const has = `The workspace has ${formatCount(used, noun)} of the ${limit} that its quota allows`;
  const wants = more === 1 ? "and this would be one more" : `and this would be ${more} more`;
  return new AppError(
    "quota_exceeded",
    `${has}, ${wants}. Delete ${noun}s that are not needed, or have the server's owner raise the quota ${quota}.`,
  );
}

/** The refusal of a start beyond the day's quota, with the time until the next day; `now` in epoch milliseconds. Pure. */
export function refuseStart(limit: number, now: number): AppError {
  const next = (dayOf(now) + 1) * DAY_MS;
  return new AppError(
    "quota_exceeded",
    `The workspace has started the ${formatCount(limit, "run")} that its quota starts_per_day allows today. It goes on at ${new Date(next).toISOString()}, or once the server's owner raises the quota.`,
    { retryAfterSeconds: Math.max(1, Math.ceil((next - now) / 1000)) },
  );
}
