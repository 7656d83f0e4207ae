import { alertTopicSchema } from "#contract/alerts/alert";
import { alertRoutes } from "#contract/alerts/routes";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { addAlertSpec } from "./specs.ts";

/** Makes an alert and prints its secret, which no other command can. */
export const run: Run<typeof addAlertSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  if (options.url === undefined && options.email.length === 0)
    throw usageError("Give --url, --email, or both.");
  const topics = options.on.length > 0 ? options.on : ["failed"];
  const on = topics.map((topic) => {
    const parsed = alertTopicSchema.safeParse(topic);
    if (!parsed.success) throw usageError(`--on takes ${alertTopicSchema.options.join(", ")}; not ${topic}.`);
    return parsed.data;
  });
  const api = await context.api();
  const alert = await api.call(alertRoutes.createAlert, {
    params: { worker: args.worker },
    json: {
      ...(options.url === undefined ? {} : { url: options.url }),
      ...(options.description === undefined ? {} : { description: options.description }),
      email_to: options.email,
      on,
    },
  });
  if (json) output.document(alert);
  else {
    output.line(`Added ${alert.id} to ${alert.worker}, on ${alert.on.join(", ")}.`);
    if (alert.url !== null) output.line(`Signing secret, shown this once: ${alert.secret}`);
    output.note(`See whether it arrives: floom alerts test ${alert.worker} ${alert.id}`);
  }
  return exitCodes.ok.code;
};
