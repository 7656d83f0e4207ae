import { ProtocolError } from "@modelcontextprotocol/server";
import type { Server } from "@modelcontextprotocol/server";
import * as z from "zod";
import { ApiProblem } from "#contract/client";
import { eventSubscriptionRoutes } from "#contract/event-subscriptions/routes";
import { subscribedEventSchema } from "#contract/event-subscriptions/subscription";
import type { SubscribedEvent } from "#contract/event-subscriptions/subscription";
import { limits } from "#contract/limits";
import type { McpCaller } from "../caller.ts";
import { EVENT_ERRORS, INVALID_PARAMS } from "./error-numbers.ts";
import { orProtocolError } from "./or-protocol-error.ts";

// owns events by webhook (SEP-3415) in its own words. never keeps anything: what is asked for is a subscription of the
// API, made and ended by its routes as the caller.

const eventArguments = z.strictObject({ worker: z.string().optional() }).default({});
const delivery = z.looseObject({ mode: z.string().default("webhook"), url: z.string() });
const subscribeParams = z.looseObject({
  name: z.string(),
  arguments: eventArguments,
  delivery: delivery.extend({ secret: z.string() }),
  cursor: z.string().max(40_000).nullish(),
  ttlMs: z.int().positive().nullish(),
});
const unsubscribeParams = z.looseObject({ name: z.string(), arguments: eventArguments, delivery });
type Asked = z.output<typeof unsubscribeParams>;

/** Answers what is asked of events by webhook in this caller's name. */
export function serveEventWebhooks(server: Server, caller: McpCaller): void {
  server.setRequestHandler("events/subscribe", { params: subscribeParams }, async (asked) => {
    const { event, worker } = readKey(asked, caller);
    const { url, secret } = asked.delivery;
    const ttl = asked.ttlMs;
    const ttl_seconds = typeof ttl === "number" ? Math.ceil(ttl / 1000) : ttl;
    const json = { event, worker, url, secret, ...(ttl_seconds === undefined ? {} : { ttl_seconds }) };
    const made = await orEventError(caller.api.call(eventSubscriptionRoutes.subscribeToEvents, { json }));
    // Nothing is told again: whoever comes with a place to go on from has missed what happened since.
    const truncated = (asked.cursor ?? null) !== null;
    return { id: made.id, refreshBefore: made.refresh_before, cursor: null, truncated };
  });
  server.setRequestHandler("events/unsubscribe", { params: unsubscribeParams }, async (asked) => {
    const { event, worker } = readKey(asked, caller);
    const all = await orEventError(caller.api.call(eventSubscriptionRoutes.listEventSubscriptions));
    const isIt = (name: string) => name === worker || name === worker.replaceAll("_", "-");
    const found = all.find(
      (one) =>
        one.made_by === caller.principal.id &&
        one.event === event &&
        isIt(one.worker) &&
        one.url === asked.delivery.url,
    );
    const kind = "subscription";
    if (found === undefined)
      throw new ProtocolError(EVENT_ERRORS.notFound, "There is no such subscription.", { kind });
    const params = { subscription: found.id };
    await orEventError(caller.api.call(eventSubscriptionRoutes.endEventSubscription, { params }));
    return {};
  });
}

/** Which event of which worker. Throws the protocol's refusals for what nobody can be told of by webhook. */
function readKey(
  { name, arguments: { worker: named }, delivery: { mode } }: Asked,
  { wish }: McpCaller,
): { event: SubscribedEvent; worker: string } {
  const unsupported = { feature: "deliveryMode", value: mode };
  if (mode !== "webhook")
    throw new ProtocolError(EVENT_ERRORS.unsupported, "Only webhooks are subscribed to.", unsupported);
  const event = subscribedEventSchema.safeParse(name).data;
  if (event === undefined)
    throw new ProtocolError(EVENT_ERRORS.notFound, "There is no such event.", { kind: "event" });
  const worker = named ?? wish.worker;
  if (worker === null)
    throw new ProtocolError(INVALID_PARAMS, "A webhook tells of one worker: say which, as arguments.worker.");
  if (wish.worker !== null && worker !== wish.worker)
    throw new ProtocolError(EVENT_ERRORS.forbidden, "This address has the events of its own worker alone.");
  return { event, worker };
}

/** The refusals of the routes as those of the protocol: what is not there and what is not allowed are the same. */
async function orEventError<T>(asked: Promise<T>): Promise<T> {
  return orProtocolError(
    asked.catch((error: unknown) => {
      throw error instanceof ApiProblem ? toEventError(error) : error;
    }),
  );
}

function toEventError({ problem }: ApiProblem): ProtocolError {
  const { code, detail, status, errors = [] } = problem;
  if (code === "callback_failed")
    return new ProtocolError(EVENT_ERRORS.callbackFailed, detail, { reason: errors[0]?.detail });
  if (code === "event_subscriptions_full") {
    const max = limits.event_subscriptions.value;
    return new ProtocolError(EVENT_ERRORS.exhausted, detail, { limit: "subscriptions", max });
  }
  if (status === 429) return new ProtocolError(EVENT_ERRORS.exhausted, detail, { limit: "rate" });
  if (status === 403 || status === 404)
    return new ProtocolError(EVENT_ERRORS.forbidden, "You may not be told of this, or it is not there.");
  return new ProtocolError(INVALID_PARAMS, detail, { code });
}
