import * as z from "zod";
import { eventSubscriptionIdSchema } from "../ids.ts";
import type { Json } from "../json.ts";
import type { RunSummary } from "../runs/run.ts";

/** What an address can be told of. */
export const subscribedEventSchema = z.enum([
  "run.finished",
  "run.failed",
  "approval.requested",
  "schedule.missed",
]);
export type SubscribedEvent = z.infer<typeof subscribedEventSchema>;

const LEAST_SECRET_BYTES = 24;
const MOST_SECRET_BYTES = 64;

/** A secret as Standard Webhooks has it: `whsec_` and 24 to 64 bytes in base64. Pure. */
function isWebhookSecret(text: string): boolean {
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1];
  if (base64 === undefined || base64.length % 4 !== 0) return false;
  const bytes = (base64.length / 4) * 3 - (/=+$/.exec(base64)?.[0].length ?? 0);
  return bytes >= LEAST_SECRET_BYTES && bytes <= MOST_SECRET_BYTES;
}

/** Body of `POST /api/event-subscriptions`. The same event, worker and address again is the same subscription. */
export const subscribeRequestSchema = z.strictObject({
  event: subscribedEventSchema,
  worker: z.string().describe("The worker's name."),
  url: z.url().max(2000).describe("https address to post to; private and local addresses are refused."),
  secret: z
    .string()
    .refine(isWebhookSecret, { error: "must be whsec_ and 24 to 64 bytes in base64" })
    .describe("Signs the posts (Standard Webhooks). A new one takes the old one's place."),
  ttl_seconds: z
    .int()
    .positive()
    .nullish()
    .describe("How long it is wanted; null for as long as there is. The answer says how long it is."),
});
export type SubscribeRequest = z.infer<typeof subscribeRequestSchema>;

export const eventSubscriptionSchema = z.object({
  id: eventSubscriptionIdSchema,
  event: subscribedEventSchema,
  worker: z.string().describe("The worker's name."),
  url: z.string(),
  made_by: z.string().describe("The token, or the connected client, in whose name it is told."),
  refresh_before: z.iso.datetime().describe("Then it ends, unless it is asked for again."),
  created_at: z.iso.datetime(),
});
export type EventSubscription = z.infer<typeof eventSubscriptionSchema>;

/** What is told of a run's end: with its outcome, never with inputs or outputs. Pure. */
export function tellRun(run: RunSummary, origin: string): Record<string, Json> {
  const { id, worker_id: worker, status, trigger_source, error_code, duration_ms } = run;
  const url = `${origin}/runs/${id}`;
  return { run_id: id, worker, status, trigger_source, error_code, duration_ms, url };
}

/** What is told of a run that asks, with the page on which a person decides. Pure. */
export function tellApprovalRequest(
  asked: Record<"id" | "run_id" | "worker" | "label", string> & { expires_at: string | null },
  origin: string,
): Record<string, Json> {
  const { id: approval_id, run_id, worker, label, expires_at } = asked;
  return { approval_id, run_id, worker, label, expires_at, decide_at: `${origin}/runs/${run_id}` };
}

/** What is told of an expected start that did not happen. Pure. */
export function tellMissedStart(
  missed: Record<"worker" | "trigger_id" | "name" | "due_at" | "code" | "reason", string>,
): Record<string, Json> {
  const { worker, trigger_id, name, due_at, code, reason } = missed;
  return { worker, trigger_id, name, due_at, code, reason };
}

/** By what a missed start is known, in whichever way it is told. Pure. */
export function missedStartKey({ trigger_id, due_at }: Record<"trigger_id" | "due_at", string>): string {
  return `${trigger_id}:${due_at}`;
}

/** An event as it is posted. */
export interface EventOccurrence {
  /** The same for every subscription that is told of it, and for every attempt. */
  eventId: string;
  name: SubscribedEvent;
  timestamp: string;
  data: Record<string, Json>;
  /** There is no place to go on from: what is missed is read from the lists. */
  cursor: null;
}
