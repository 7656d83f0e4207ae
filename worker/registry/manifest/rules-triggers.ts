import { limits } from "#contract/limits";
import type { Manifest, ManifestTrigger } from "#contract/manifest/manifest";
import type { ProblemError } from "#contract/problem";
import { checkActionInputs } from "../actions/check-action-inputs.ts";
import { compileSchema } from "../actions/compile-schema.ts";
import { findAction, hasNamedActions } from "../actions/find-action.ts";
import { checkInputs } from "../check-inputs.ts";
import { parseCron } from "../cron/parse-cron.ts";
import { isTimeZone } from "../cron/time-zone.ts";
import { nameTriggers } from "../name-triggers.ts";
import type { Report } from "./report.ts";
import { isBlank, itemsAt, nodeAt, textAt } from "./yaml-node.ts";
import type { MapNode, Place, YamlNode } from "./yaml-node.ts";

/**
 * Rules that need the whole manifest: a trigger's name stands once, and the runs it starts would have the inputs the
 * worker requires. A schedule brings its own inputs; an event brings the rest with it, so that only what is written
 * is judged.
 */
export function checkStarts(manifest: Manifest, root: MapNode, report: Report): void {
  const single = nodeAt(root, "trigger");
  const written = itemsAt(root, "triggers");
  const nodes = written.length > 0 || single === undefined ? written : [single];
  const names = nameTriggers(manifest.triggers);
  manifest.triggers.forEach((trigger, index) => {
    const place = nodes[index] ?? root;
    const name = names[index];
    if (name !== undefined && names.indexOf(name) < index) {
      report.error(nodeAt(place, "name") ?? place, {
        code: "duplicate_trigger_name",
        message: `Two triggers are called ${name}.`,
        fix: "Give each trigger a name of its own.",
      });
    }
    const started = judgeStart(manifest, trigger);
    if (typeof started === "string") {
      report.error(nodeAt(place, "action") ?? place, {
        code: "bad_trigger_action",
        message: started,
        fix: "Write action with the name of one of the functions.",
      });
      return;
    }
    const errors = started;
    const wrong = trigger.type === "schedule" ? errors : errors.filter((error) => error.code !== "missing");
    for (const error of wrong) {
      const input = error.pointer.split("/").pop() ?? "";
      report.error(nodeAt(place, "inputs", input) ?? nodeAt(place, "inputs") ?? place, {
        code: "bad_trigger_inputs",
        message: `The ${trigger.type} trigger ${name ?? ""} would start runs that are refused: ${input} ${error.detail}.`,
        fix:
          error.code === "missing"
            ? `Give ${input} a default, or a value below the trigger's inputs.`
            : `Correct inputs.${input} of the trigger.`,
      });
    }
  });
}

/** What is wrong with the inputs that a trigger brings, or why there is no action that it could start. */
function judgeStart(
  manifest: Manifest,
  { type, action, inputs = {} }: ManifestTrigger,
): ProblemError[] | string {
  // A person says which action they mean when they start it.
  if (type === "manual" && action === undefined && hasNamedActions(manifest.exec)) return [];
  // Its functions are told of by themselves; what they would have been is not known.
  if (hasNamedActions(manifest.exec) && (manifest.actions ?? []).length === 0) return [];
  const found = findAction(manifest, action ?? null);
  if (!found.ok) return found.detail;
  return found.action === null
    ? checkInputs(manifest.exec.inputs, inputs).errors
    : checkActionInputs(compileSchema(found.action.input_schema), inputs).errors;
}

/** What each kind of trigger needs, and that its cron fields and time zone mean something. */
export function checkTriggers(root: MapNode, report: Report): void {
  const single = nodeAt(root, "trigger");
  const triggers = [...itemsAt(root, "triggers"), ...(single === undefined ? [] : [single])];
  const most = limits.triggers_per_worker.value;
  const beyond = triggers[most];
  if (beyond !== undefined) {
    report.error(beyond, {
      code: "too_many_triggers",
      message: `${triggers.length} triggers are declared; a worker has at most ${most}.`,
      fix: "Let one schedule start a run that does the work of many, or split the worker.",
    });
  }
  for (const trigger of triggers) if (trigger.kind === "map") checkTrigger(trigger, report);
}

function checkTrigger(trigger: MapNode, report: Report): void {
  const type = textAt(trigger, "type") ?? "manual";
  const place = nodeAt(trigger, "type") ?? trigger;
  checkZone(trigger, report);
  if (type === "schedule") checkSchedule(trigger, place, report);
  if (type === "webhook") checkWebhook(trigger, report);
  if (type === "composio" && isBlank(nodeAt(trigger, "composio"))) {
    report.error(place, {
      code: "missing_key",
      message: "A composio trigger needs the key composio.",
      fix: "Add composio: {event: gmail.new_message, connection_id: ca_...}.",
    });
  }
  if (type !== "schedule" && !isBlank(nodeAt(trigger, "cron"))) {
    report.error(trigger.entries.get("cron")?.key ?? trigger, {
      code: "cron_without_schedule",
      message: `A ${type} trigger has no cron.`,
      fix: "Write type: schedule, or remove cron.",
    });
  }
}

function checkSchedule(trigger: MapNode, place: Place, report: Report): void {
  const cron = nodeAt(trigger, "cron");
  if (cron === undefined || isBlank(cron)) {
    report.error(place, {
      code: "missing_key",
      message: "A schedule trigger needs cron.",
      fix: 'Add cron: "0 9 * * 1-5".',
    });
    return;
  }
  const parsed = cron.kind === "scalar" && typeof cron.value === "string" ? parseCron(cron.value) : null;
  if (parsed === null || parsed.ok) return;
  report.error(cron, {
    code: "bad_cron",
    message: `The cron expression ${parsed.reason}.`,
    fix: 'Write minute, hour, day, month and weekday, e.g. "0 9 * * 1-5" for 9:00 from Monday to Friday.',
  });
}

function checkZone(trigger: YamlNode, report: Report): void {
  const zone = textAt(trigger, "timezone");
  const place = nodeAt(trigger, "timezone");
  if (zone === undefined || place === undefined || isTimeZone(zone)) return;
  report.error(place, {
    code: "bad_timezone",
    message: `${zone} is not an IANA time zone.`,
    fix: "Write a zone such as Europe/Berlin, America/New_York or UTC.",
  });
}

function checkWebhook(trigger: MapNode, report: Report): void {
  const secret = nodeAt(trigger, "webhook", "secret");
  if (secret?.kind !== "scalar" || secret.value !== false) return;
  report.error(secret, {
    code: "webhook_without_secret",
    message: "A webhook without a secret would let anybody start runs.",
    fix: "Write secret: true.",
  });
}
