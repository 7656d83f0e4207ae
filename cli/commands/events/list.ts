import { eventSubscriptionRoutes } from "#contract/event-subscriptions/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { listEventsSpec } from "./specs.ts";

/** Lists the addresses that clients of MCP have told of events. */
export const run: Run<typeof listEventsSpec> = async (context) => {
  const { output, json } = context;
  const api = await context.api();
  const subscriptions = await api.call(eventSubscriptionRoutes.listEventSubscriptions);
  if (json) output.document(subscriptions);
  else if (subscriptions.length === 0) output.note("No address is told of events here.");
  else {
    output.table(
      ["ID", "EVENT", "WORKER", "ADDRESS", "MADE BY", "UNTIL"],
      subscriptions.map(({ id, event, worker, url, made_by, refresh_before }) => [
        id,
        event,
        worker,
        url,
        made_by,
        refresh_before,
      ]),
    );
  }
  return exitCodes.ok.code;
};
