import { alertRoutes } from "#contract/alerts/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { redeliverSpec } from "./specs.ts";

/** Puts a message back in line. */
export const run: Run<typeof redeliverSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const params = { worker: args.worker, alert: args.alert, delivery: args.delivery };
  const delivery = await api.call(alertRoutes.redeliverAlert, { params });
  if (json) output.document(delivery);
  else {
    output.line(`${delivery.id} is on its way again.`);
    output.note(`See how it fares: floom alerts deliveries ${args.worker} ${args.alert}`);
  }
  return exitCodes.ok.code;
};
