import { createHmac } from "node:crypto";
import { ApiProblem } from "#contract/client";
import type { Client } from "#contract/client";
import { deliveryReceiptSchema } from "#contract/hooks/delivery";
import { problemSchema } from "#contract/problem";
import { routes } from "#contract/routes";
import type { Occurrence } from "#contract/triggers/trigger";
import { insist } from "./careful-client.ts";
import type { Order } from "./plan.ts";
import type { Accepted } from "./traffic.ts";
import { workerName } from "./workers.ts";

const MINUTE_MS = 60_000;
const PATIENCE_MS = 20_000;
const tickInputs = { lines: 2, pause_ms: 50, failures: 0 };

/** The webhook and the schedule of a chaos run. */
export interface ChaosTriggers {
  /** Sends a signed event once; answers the run it started. */
  deliver: (order: Order) => Promise<string>;
  scheduleId: string;
  /** The first time the schedule may come due lies after this, epoch ms. */
  scheduledAt: number;
}

/**
 * Gives one worker a webhook and another one a schedule that comes due every minute; events are sent to the webhook by
 * way of `origin` where one is named.
 */
export async function createTriggers(client: Client<Response>, origin?: string): Promise<ChaosTriggers> {
  const hook = await client.call(routes.createTrigger, {
    params: { worker: workerName("hook") },
    json: { type: "webhook" },
  });
  const schedule = await client.call(routes.createTrigger, {
    params: { worker: workerName("tick") },
    json: { type: "schedule", cron: "* * * * *", missed: "all", inputs: tickInputs },
  });
  const own = new URL(hook.webhook?.url ?? "");
  const url = new URL(own.pathname + own.search, origin ?? own).href;
  const key = Buffer.from((hook.secret ?? "").replace("whsec_", ""), "base64");
  return {
    deliver: (order) => deliver(url, key, order),
    scheduleId: schedule.id,
    scheduledAt: Date.now(),
  };
}

/** One delivery by the rules of Standard Webhooks; the order's key is its id. */
async function deliver(url: string, key: Buffer, order: Order): Promise<string> {
  const body = JSON.stringify(order.inputs);
  const time = String(Math.floor(Date.now() / 1000));
  const signature = createHmac("sha256", key).update(`${order.key}.${time}.${body}`).digest("base64");
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "webhook-id": order.key,
      "webhook-timestamp": time,
      "webhook-signature": `v1,${signature}`,
    },
    body,
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new ApiProblem(problemSchema.parse(answer));
  const { run_id } = deliveryReceiptSchema.parse(answer);
  if (run_id === null) throw new Error("the delivery was taken and started no run");
  return run_id;
}

/**
 * Ends the schedule, and answers its starts as orders that were accepted; what was due and did not start is named in
 * `missing`.
 */
export async function endSchedule(
  client: Client<Response>,
  { scheduleId, scheduledAt }: ChaosTriggers,
  signal: AbortSignal,
): Promise<{ accepted: Accepted[]; missing: string[] }> {
  const params = { trigger: scheduleId };
  const read = () => insist(() => client.call(routes.listOccurrences, { params }), signal);
  await waitForDue(read, signal);
  const endedAt = Date.now();
  await insist(() => client.call(routes.pauseTrigger, { params }), signal);
  const occurrences = (await read()).toReversed();
  const started = new Map(
    occurrences.map(({ due_at, run_id, status }) => [due_at, status === "started" ? run_id : null]),
  );
  const missing: string[] = [];
  // The last time may have come while the schedule was being paused.
  for (let due = firstDue(scheduledAt); due <= endedAt - MINUTE_MS / 2; due += MINUTE_MS) {
    const dueAt = new Date(due).toISOString();
    if (!started.get(dueAt)) missing.push(`the schedule's start of ${dueAt} is missing`);
  }
  const accepted = [...started].flatMap(([dueAt, runId]) =>
    runId === null ? [] : [{ order: tick(dueAt), answered: [runId] }],
  );
  return { accepted, missing };
}

function firstDue(scheduledAt: number): number {
  return Math.floor(scheduledAt / MINUTE_MS + 1) * MINUTE_MS;
}

function tick(dueAt: string): Order {
  return { at_ms: 0, kind: "tick", key: `due ${dueAt}`, inputs: tickInputs, copies: 1 };
}

/** Waits until no start is under way. */
async function waitForDue(read: () => Promise<Occurrence[]>, signal: AbortSignal): Promise<void> {
  while ((await read()).some(({ status }) => status === "due")) signal.throwIfAborted();
}
