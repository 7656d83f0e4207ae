import { triggerRoutes } from "#contract/triggers/routes";
import type { Occurrence, Trigger } from "#contract/triggers/trigger";
import { formatDuration } from "#contract/words";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { findTrigger } from "./find-trigger.ts";
import type { showTriggerSpec } from "./specs.ts";

const DEFAULT_LIMIT = 10;
const MOST = 200;

/** Shows a trigger, and what became of a schedule's past times. */
export const run: Run<typeof showTriggerSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const api = await context.api();
  const trigger = await findTrigger(api, args.trigger);
  const limit = Math.min(options.limit ?? DEFAULT_LIMIT, MOST);
  const occurrences =
    trigger.type === "schedule"
      ? await api.call(triggerRoutes.listOccurrences, { params: { trigger: trigger.id }, query: { limit } })
      : [];
  if (json) {
    output.document({ ...trigger, occurrences });
    return exitCodes.ok.code;
  }
  output.pairs(renderTrigger(trigger));
  if (occurrences.length > 0) {
    output.line();
    output.table(["WAS DUE", "WHAT HAPPENED", "LATE", "RUN"], occurrences.map(renderOccurrence));
  }
  return exitCodes.ok.code;
};

function renderTrigger(trigger: Trigger): [string, string][] {
  const pairs: [string, string][] = [
    ["trigger", `${trigger.worker_id}/${trigger.name}`],
    ["id", trigger.id],
    ["state", trigger.paused ? "paused" : "on"],
    ["declared", trigger.origin === "manifest" ? "in worker.yml" : "here"],
    ["version", trigger.pinned_version === null ? "the active one" : String(trigger.pinned_version)],
  ];
  if (Object.keys(trigger.inputs).length > 0) pairs.push(["inputs", JSON.stringify(trigger.inputs)]);
  if (trigger.webhook) {
    const { url, scheme, reply, secret_set } = trigger.webhook;
    pairs.push(
      ["url", url],
      ["signed", scheme],
      ["reply", reply],
      ["secret", secret_set ? "set" : "not set"],
    );
  } else {
    pairs.push(["cron", `${trigger.cron} ${trigger.timezone}`], ["missed", trigger.missed ?? ""]);
    pairs.push(["next", trigger.next.join("\n") || "never"]);
  }
  return pairs;
}

function renderOccurrence(one: Occurrence): string[] {
  return [
    one.due_at,
    one.reason === null ? one.status : `${one.status}: ${one.reason}`,
    one.late_ms === null ? "-" : formatDuration(one.late_ms),
    one.run_id ?? "",
  ];
}
