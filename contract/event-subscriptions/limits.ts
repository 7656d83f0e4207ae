import type { Limit } from "../limit.ts";

/** The limits of events that are told to an address. */
export const eventSubscriptionLimits = {
  event_subscriptions: { value: 50, unit: "items", what: "addresses that are told of events in a workspace" },
  event_subscription_seconds: {
    value: 86_400,
    unit: "seconds",
    what: "how long an address is told of events unless that is asked for again",
  },
  event_subscription_least_seconds: {
    value: 300,
    unit: "seconds",
    what: "the shortest time for which an address is told of events; who asks for less gets this",
  },
  event_callback_seconds: { value: 10, unit: "seconds", what: "waiting for the answer of such an address" },
} as const satisfies Record<string, Limit>;
