import { eventSubscriptionRoutes } from "#contract/event-subscriptions/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { stopEventsSpec } from "./specs.ts";

/** Ends a subscription. */
export const run: Run<typeof stopEventsSpec> = async (context, { args }) => {
  const api = await context.api();
  const params = { subscription: args.subscription };
  await api.call(eventSubscriptionRoutes.endEventSubscription, { params });
  if (context.json) context.output.document({ id: args.subscription, ended: true });
  else context.output.line(`Ended ${args.subscription}.`);
  return exitCodes.ok.code;
};
