import { alertRoutes } from "#contract/alerts/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { listAlertsSpec } from "./specs.ts";

/** Lists a worker's alerts, and why one has stopped. */
export const run: Run<typeof listAlertsSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const alerts = await api.call(alertRoutes.listAlerts, { params: { worker: args.worker } });
  if (json) output.document(alerts);
  else if (alerts.length === 0)
    output.note(`Nobody is told. Add somebody with: floom alerts add ${args.worker} --email you@example.com`);
  else {
    output.table(
      ["ALERT", "ON", "POSTS TO", "WRITES TO", "STATE"],
      alerts.map((alert) => [
        alert.id,
        alert.on.join(", "),
        alert.url ?? "-",
        alert.email_to.join(", ") || "-",
        alert.enabled ? output.style.green("on") : output.style.red(alert.disabled_reason ?? "stopped"),
      ]),
    );
    const mails = alerts.find((alert) => alert.email_to.length > 0);
    if (mails?.mail === "not_configured") output.note("Mails do not leave: no mail provider is configured.");
    if (mails?.mail === "local_outbox") output.note("Mails are kept on this machine: GET /api/outbox.");
  }
  return exitCodes.ok.code;
};
