import * as z from "zod";
import { defineRoute } from "../route.ts";
import { eventSubscriptionSchema, subscribeRequestSchema } from "./subscription.ts";

const tag = "Events";
const json = <S extends z.ZodType>(schema: S, description: string) =>
  ({ kind: "json", status: 200, schema, description }) as const;

export const eventSubscriptionRoutes = {
  subscribeToEvents: defineRoute({
    id: "subscribeToEvents",
    method: "POST",
    path: "/api/event-subscriptions",
    tag,
    summary: "Have an address told of a worker's events, or go on with it",
    description:
      "The first time the address is asked whether it wants to be told: it is posted a challenge, and has to answer it. What is told is what the token may read at that moment; with the token it ends.",
    access: "runs:read",
    body: { kind: "json", schema: subscribeRequestSchema, limit: "json_body_bytes" },
    answer: json(eventSubscriptionSchema, "The subscription, and when it has to be asked for again."),
    problems: ["not_found", "invalid_request", "callback_failed", "event_subscriptions_full"],
  }),
  listEventSubscriptions: defineRoute({
    id: "listEventSubscriptions",
    method: "GET",
    path: "/api/event-subscriptions",
    tag,
    summary: "List which addresses are told of events",
    description: "Your own; and all of a worker's for whoever may change it.",
    access: "runs:read",
    answer: json(z.array(eventSubscriptionSchema), "The subscriptions that have not run out, oldest first."),
    problems: [],
  }),
  endEventSubscription: defineRoute({
    id: "endEventSubscription",
    method: "DELETE",
    path: "/api/event-subscriptions/{subscription}",
    tag,
    summary: "Stop telling an address of events",
    description:
      "Your own, or any of a worker's that you may change. What was not told yet is not told any more.",
    access: "runs:read",
    answer: { kind: "empty", status: 204, description: "It is gone." },
    problems: ["not_found"],
  }),
} as const;
