import { ProtocolError } from "@modelcontextprotocol/server";
import type { Server, ServerContext } from "@modelcontextprotocol/server";
import * as z from "zod";
import { systemClock } from "../../platform/clock.ts";
import type { McpCaller } from "../caller.ts";
import { readCursor, writeCursor } from "../events/event-cursor.ts";
import type { EventSource } from "../events/event-source.ts";
import { eventSources } from "../events/event-sources.ts";
import { pollEvents } from "../events/poll-events.ts";
import type { Subscription } from "../events/poll-events.ts";
import { EVENT_ERRORS, INVALID_PARAMS } from "./error-numbers.ts";
import { orProtocolError } from "./or-protocol-error.ts";
import { onePageParams, refuseOtherPages } from "./page-cursor.ts";

// owns the Events extension (SEP-3415) by poll and by stream, in its own words. never keeps a subscription: a client holds
// its cursor, and a stream ends before a request may. Webhooks are in serve-event-webhooks.

export const EVENTS = "io.modelcontextprotocol/events";
const SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId";

const MOST_EVENTS = 100;
const USUAL_EVENTS = 50;
const NEXT_POLL_MS = 15_000;
const LOOK_MS = 5000;
/** A stream is over after so many looks, each of which says that it is alive; the client opens the next one. */
const LOOKS = 9;

const askedParams = z.looseObject({
  name: z.string(),
  arguments: z.strictObject({ worker: z.string().optional() }).default({}),
  cursor: z.string().max(40_000).nullish(),
  maxAgeMs: z.int().min(0).optional(),
  maxEvents: z.int().min(1).optional(),
});
type Asked = z.output<typeof askedParams>;

const inputSchema = {
  type: "object",
  properties: {
    worker: {
      type: "string",
      description:
        "Of this worker alone; all when left out. A webhook tells of one worker, and has to say which.",
    },
  },
  additionalProperties: false,
};

/** Answers what is asked of events in this caller's name. */
export function serveEvents(server: Server, caller: McpCaller): void {
  server.setRequestHandler("events/list", { params: onePageParams }, (params) => {
    refuseOtherPages(params);
    return { events: eventSources.map(describeEvent) };
  });
  server.setRequestHandler("events/poll", { params: askedParams }, async (params) => {
    const now = systemClock();
    const page = await orProtocolError(pollEvents(caller, readSubscription(params, caller, now), now));
    return { ...page, nextPollMs: NEXT_POLL_MS };
  });
  server.setRequestHandler("events/stream", { params: askedParams }, async (params, { mcpReq }) => {
    const subscription = readSubscription(params, caller, systemClock());
    await stream(caller, subscription, mcpReq);
    return { _meta: { [SUBSCRIPTION]: mcpReq.id } };
  });
}

/** An event as the list of them has it. */
function describeEvent({ name, description, payload }: EventSource) {
  return {
    name,
    description,
    delivery: ["poll", "push", "webhook"],
    inputSchema,
    payloadSchema: payload,
  };
}

/** Throws the protocol's refusals for what cannot be listened for. */
function readSubscription(asked: Asked, { wish }: McpCaller, now: number): Subscription {
  const source = eventSources.find(({ name }) => name === asked.name);
  if (source === undefined)
    throw new ProtocolError(EVENT_ERRORS.notFound, "There is no such event.", { kind: "event" });
  const worker = asked.arguments.worker ?? wish.worker;
  if (wish.worker !== null && worker !== wish.worker)
    throw new ProtocolError(EVENT_ERRORS.forbidden, "This address has the events of its own worker alone.");
  const text = asked.cursor ?? null;
  const cursor = text === null ? null : readCursor(text, source.prefix);
  if (text !== null && cursor === null)
    throw new ProtocolError(INVALID_PARAMS, "This cursor is none of this event's.");
  return {
    source,
    worker,
    cursor,
    since: asked.maxAgeMs === undefined ? 0 : now - asked.maxAgeMs,
    limit: Math.min(asked.maxEvents ?? USUAL_EVENTS, MOST_EVENTS),
  };
}

/**
 * Tells what happens for some three quarters of a minute. An event's cursor is where its client may go on from: behind the
 * last of those that were found together, since the client may be gone before it has them all.
 */
async function stream(
  caller: McpCaller,
  subscription: Subscription,
  mcpReq: ServerContext["mcpReq"],
): Promise<void> {
  const { signal } = mcpReq;
  const tell = (method: string, params: Record<string, unknown>) =>
    mcpReq.notify({ method, params: { ...params, _meta: { [SUBSCRIPTION]: mcpReq.id } } });
  let cursor = subscription.cursor;
  for (let look = 0; look <= LOOKS && !signal.aborted; look += 1) {
    const page = await orProtocolError(pollEvents(caller, { ...subscription, cursor }, systemClock()));
    const before = cursor === null ? page.cursor : writeCursor(cursor);
    if (look === 0 || page.truncated)
      await tell("notifications/events/active", { cursor: before, truncated: page.truncated });
    for (const event of page.events) {
      const place = event === page.events.at(-1) ? page.cursor : before;
      await tell("notifications/events/event", { ...event, cursor: place });
    }
    if (page.events.length === 0 && look > 0)
      await tell("notifications/events/heartbeat", { cursor: page.cursor });
    cursor = readCursor(page.cursor, subscription.source.prefix);
    if (!page.hasMore && look < LOOKS) await wait(LOOK_MS, signal);
  }
}

/** Until the time is over, or nobody listens any more. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = AbortSignal.any([signal, AbortSignal.timeout(ms)]);
    over.addEventListener("abort", () => resolve(), { once: true });
    if (over.aborted) resolve();
  });
}
