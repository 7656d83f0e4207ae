import { limits } from "#contract/limits";
import { alertRoutes } from "#contract/alerts/routes";
import { formatAgo } from "#contract/words";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { renderDelivery } from "../../output/render-delivery.ts";
import type { listDeliveriesSpec } from "./specs.ts";

/** Lists what an alert has sent, and how each message fared. */
export const run: Run<typeof listDeliveriesSpec> = async (context, { args, options }) => {
  const { output, host, json } = context;
  const api = await context.api();
  const query =
    options.limit === undefined ? {} : { limit: Math.min(options.limit, limits.page_items.value) };
  const deliveries = await api.call(alertRoutes.listAlertDeliveries, {
    params: { worker: args.worker, alert: args.alert },
    query,
  });
  if (json) output.document(deliveries);
  else if (deliveries.length === 0) output.note("Nothing has been sent yet.");
  else {
    output.table(
      ["DELIVERY", "EVENT", "TO", "WHEN", "ATTEMPTS", "STATE"],
      deliveries.map((delivery) => [
        delivery.id,
        delivery.event,
        delivery.destination,
        formatAgo(delivery.created_at, host.now()),
        String(delivery.attempts.length),
        renderDelivery(delivery, output.style),
      ]),
    );
  }
  return exitCodes.ok.code;
};
