import { anomalyKindSchema, changeAnomalyActionsSchema } from "#contract/anomalies/anomaly";
import type { ChangeAnomalyActions } from "#contract/anomalies/anomaly";
import { anomalyRoutes } from "#contract/anomalies/routes";
import { formatAgo } from "#contract/words";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { watchSpec } from "./specs.ts";

/** Says how a worker is watched, once what was asked for is set. */
export const run: Run<typeof watchSpec> = async (context, { args, options }) => {
  const { output, host, json } = context;
  const change = parseActions(options.on ?? []);
  const api = await context.api();
  const params = { worker: args.worker };
  const watch =
    change === null
      ? await api.call(anomalyRoutes.getAnomalyWatch, { params })
      : await api.call(anomalyRoutes.setAnomalyActions, { params, json: change });
  if (json) {
    output.document(watch);
    return exitCodes.ok.code;
  }
  output.table(
    ["ANOMALY", "DONE", "SAID BY"],
    anomalyKindSchema.options.map((kind) => [
      kind,
      watch.in_force[kind],
      watch.actions[kind] === null ? "workspace" : "worker",
    ]),
  );
  const { restraint } = watch;
  if (restraint === null) return exitCodes.ok.code;
  const held = restraint.action === "pause" ? "Paused" : "Throttled to one run at a time";
  output.line(`${held} ${formatAgo(restraint.since, host.now())}: ${restraint.reason}`);
  output.note(`A person lets it go with: floom workers resume ${watch.worker}`);
  return exitCodes.ok.code;
};

/** `kind=action` as the server takes it, `inherit` as null; null where nothing is to be set. Throws `usage` for anything else. */
function parseActions(texts: readonly string[]): ChangeAnomalyActions | null {
  if (texts.length === 0) return null;
  const wanted = Object.fromEntries(
    texts.map((text) => {
      const [kind = "", action = ""] = text.split("=");
      return [kind, action === "inherit" ? null : action];
    }),
  );
  const parsed = changeAnomalyActionsSchema.safeParse(wanted);
  if (parsed.success) return parsed.data;
  throw usageError(
    `--on takes kind=action, where the kind is ${anomalyKindSchema.options.join(", ")}, and the action ignore, notify, throttle, pause or inherit.`,
  );
}
