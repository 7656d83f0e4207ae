import { deliveryRoutes } from "#contract/hooks/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { findTriggerId } from "../triggers/find-trigger.ts";
import { deliveryPairs } from "../../output/render-inbox.ts";
import type { showDeliverySpec } from "./specs.ts";

/** Shows one delivery. */
export const run: Run<typeof showDeliverySpec> = async (context, { args }) => {
  const { output, host, json } = context;
  const api = await context.api();
  const trigger = await findTriggerId(api, args.trigger);
  const delivery = await api.call(deliveryRoutes.getDelivery, { params: { ...args, trigger } });
  if (json) {
    output.document(delivery);
    return exitCodes.ok.code;
  }
  output.pairs(deliveryPairs(delivery, host.now()));
  output.line();
  if (delivery.body_preview === null) output.note("The body is not text.");
  else output.line(delivery.body_preview);
  if (delivery.body_truncated) output.note("The body goes on.");
  return exitCodes.ok.code;
};
