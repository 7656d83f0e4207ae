import type { eventSubscriptionRoutes } from "#contract/event-subscriptions/routes";
import type { RouteHandlers } from "../../http/mount.ts";
import { endEventSubscription, listEventSubscriptions, subscribe } from "./service.ts";
import type { SubscriptionDeps } from "./service.ts";

export const eventSubscriptionHandlers: RouteHandlers<typeof eventSubscriptionRoutes, SubscriptionDeps> = {
  subscribeToEvents: (deps, { principal, json }) => subscribe(deps, principal, json),
  listEventSubscriptions: (deps, { principal }) => listEventSubscriptions(deps, principal),
  async endEventSubscription(deps, { principal, params }) {
    await endEventSubscription(deps, principal, params.subscription);
    return undefined;
  },
};
