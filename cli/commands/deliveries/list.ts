import { deliveryVerdictSchema } from "#contract/hooks/delivery";
import { deliveryRoutes } from "#contract/hooks/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { readPages } from "../../read-pages.ts";
import { findTriggerId } from "../triggers/find-trigger.ts";
import { showDeliveries } from "../../output/render-inbox.ts";
import type { listDeliveriesSpec } from "./specs.ts";

const DEFAULT_LIMIT = 20;

/** Lists a webhook's deliveries. */
export const run: Run<typeof listDeliveriesSpec> = async (context, { args, options }) => {
  const { output, host, json } = context;
  const api = await context.api();
  const trigger = await findTriggerId(api, args.trigger);
  const verdict = deliveryVerdictSchema.optional().parse(options.verdict);
  const { items: deliveries, next_cursor } = await readPages(options.limit ?? DEFAULT_LIMIT, async (at) => {
    const page = await api.call(deliveryRoutes.listDeliveries, {
      params: { trigger },
      query: { verdict, ...at },
    });
    return { items: page.deliveries, next_cursor: page.next_cursor };
  });
  if (json) output.document({ deliveries, next_cursor });
  else if (deliveries.length === 0) output.note("Nothing has come in within the last seven days.");
  else showDeliveries(output, deliveries, host.now());
  return exitCodes.ok.code;
};
