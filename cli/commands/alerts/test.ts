import { alertRoutes } from "#contract/alerts/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { renderDelivery } from "../../output/render-delivery.ts";
import type { testAlertSpec } from "./specs.ts";

/** Sends a test message and answers by the exit code whether it arrived everywhere. */
export const run: Run<typeof testAlertSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const deliveries = await api.call(alertRoutes.testAlert, {
    params: { worker: args.worker, alert: args.alert },
  });
  if (json) output.document(deliveries);
  else {
    for (const delivery of deliveries)
      output.line(`${delivery.destination}: ${renderDelivery(delivery, output.style)}`);
  }
  const arrived = deliveries.every(({ status }) => status === "delivered");
  return arrived ? exitCodes.ok.code : exitCodes.runFailed.code;
};
