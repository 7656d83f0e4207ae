import { alertRoutes } from "#contract/alerts/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { removeAlertSpec } from "./specs.ts";

/** Removes an alert. */
export const run: Run<typeof removeAlertSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  await api.call(alertRoutes.deleteAlert, { params: { worker: args.worker, alert: args.alert } });
  if (json) output.document({ id: args.alert, deleted: true });
  else output.line(`Removed ${args.alert}.`);
  return exitCodes.ok.code;
};
