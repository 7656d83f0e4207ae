import { deliveryVerdictSchema } from "#contract/hooks/delivery";
import type { DeliverySummary } from "#contract/hooks/delivery";
import { limits } from "#contract/limits";
import { deliveryRoutes } from "#contract/hooks/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { findTriggerId } from "../triggers/find-trigger.ts";
import { showDeliveries } from "../../output/render-inbox.ts";
import type { listDeliveriesSpec } from "./specs.ts";

const DEFAULT_LIMIT = 20;

/** Lists a webhook's deliveries, reading as many pages as the limit needs. */
export const run: Run<typeof listDeliveriesSpec> = async (context, { args, options }) => {
  const { output, host, json } = context;
  const api = await context.api();
  const trigger = await findTriggerId(api, args.trigger);
  const wanted = options.limit ?? DEFAULT_LIMIT;
  const deliveries: DeliverySummary[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.call(deliveryRoutes.listDeliveries, {
      params: { trigger },
      query: {
        verdict: deliveryVerdictSchema.optional().parse(options.verdict),
        limit: Math.min(wanted - deliveries.length, limits.page_items.value),
        cursor,
      },
    });
    deliveries.push(...page.deliveries);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && deliveries.length < wanted);
  if (json) output.document({ deliveries, next_cursor: cursor ?? null });
  else if (deliveries.length === 0) output.note("Nothing has come in within the last seven days.");
  else showDeliveries(output, deliveries, host.now());
  return exitCodes.ok.code;
};
