import type { DeliveryStatus } from "#contract/alerts/alert";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * How long after an attempt that failed the next one is made: the schedule of Standard Webhooks (spec, "Deliverability
 * and reliability"). The first attempt is immediate; after the tenth the message is given up.
 */
export const retryDelaysMs: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** The same for events that a client has asked for: SEP-3415 wants them given up within a quarter of an hour. */
export const listenerDelaysMs: readonly number[] = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 8 * MINUTE];

/** The same for a list of ours: the last of them goes on until it is written. */
export const listDelaysMs: readonly number[] = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE];

/**
 * How an attempt ended. `gone`: the receiver wants no more posts (410). `not_configured`: nobody sends mails here.
 * `refused`: this message is not wanted. `ended`: whoever asked for it may not have it any more.
 */
export type SendVerdict = "delivered" | "failed" | "gone" | "not_configured" | "refused" | "ended";

/** After these nothing is tried again. */
const LAST: ReadonlySet<SendVerdict> = new Set(["gone", "refused", "ended"]);

export interface NextStep {
  status: DeliveryStatus;
  /** Epoch milliseconds; null when there is no next attempt. */
  next_at: number | null;
}

/**
 * What follows attempt number `tries` (from 1) of a series. `once`: a test, which is not repeated. `endless`: the last
 * delay is repeated until it is done.
 */
export function planNext(
  verdict: SendVerdict,
  {
    tries,
    once,
    now,
    delaysMs = retryDelaysMs,
    endless = false,
  }: { tries: number; once: boolean; now: number; delaysMs?: readonly number[]; endless?: boolean },
): NextStep {
  if (verdict === "delivered" || verdict === "not_configured") return { status: verdict, next_at: null };
  const place = endless ? Math.min(tries, delaysMs.length) : tries;
  const delayMs = once || LAST.has(verdict) ? undefined : delaysMs[place - 1];
  return delayMs === undefined
    ? { status: "failed", next_at: null }
    : { status: "pending", next_at: now + delayMs };
}
