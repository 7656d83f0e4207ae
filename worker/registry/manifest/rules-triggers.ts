import { Cron } from "croner";
import type { Report } from "./report.ts";
import { isBlank, itemsAt, type MapNode, nodeAt, textAt, type Place, type YamlNode } from "./yaml-node.ts";

/** What each kind of trigger needs, and that its cron fields and time zone mean something. */
export function checkTriggers(root: MapNode, report: Report): void {
  const single = nodeAt(root, "trigger");
  for (const trigger of [...itemsAt(root, "triggers"), ...(single === undefined ? [] : [single])]) {
    if (trigger.kind === "map") checkTrigger(trigger, report);
  }
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
  const reason = cron.kind === "scalar" && typeof cron.value === "string" ? cronProblem(cron.value) : null;
  if (reason === null) return;
  report.error(cron, {
    code: "bad_cron",
    message: `The cron expression ${reason}.`,
    fix: 'Write minute, hour, day, month and weekday, e.g. "0 9 * * 1-5" for 9:00 from Monday to Friday.',
  });
}

/** Why a cron expression cannot be used, as the rest of a sentence; null when it can. Five fields and the @names. */
function cronProblem(expression: string): string | null {
  const trimmed = expression.trim();
  const fields = trimmed.split(/\s+/).length;
  if (!trimmed.startsWith("@") && fields !== 5) return `has ${fields} fields instead of 5`;
  if (trimmed.toLowerCase() === "@reboot") return "names no time";
  try {
    const next = new Cron(trimmed, {
      timezone: "UTC",
      paused: true,
      mode: trimmed.startsWith("@") ? "auto" : "5-part",
    }).nextRun(new Date("2024-01-01T00:00:00Z"));
    return next === null ? "never comes due" : null;
  } catch (error) {
    return `cannot be read (${error instanceof Error ? error.message.replace(/^CronPattern: /, "").replace(/\.$/, "") : "unknown"})`;
  }
}

function checkZone(trigger: YamlNode, report: Report): void {
  const zone = textAt(trigger, "timezone");
  const place = nodeAt(trigger, "timezone");
  if (zone === undefined || place === undefined || isZone(zone)) return;
  report.error(place, {
    code: "bad_timezone",
    message: `${zone} is not an IANA time zone.`,
    fix: "Write a zone such as Europe/Berlin, America/New_York or UTC.",
  });
}

/** IANA names only: offsets such as +02:00 do not follow daylight saving. */
function isZone(zone: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(zone)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
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
