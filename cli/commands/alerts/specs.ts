import { alertTopicSchema } from "#contract/alerts/alert";
import { defineCommand } from "../../command.ts";
import { worker } from "../arguments.ts";

const alert = {
  description: "Id of the alert, or manifest for the one that worker.yml makes.",
  required: true,
} as const;

export const listAlertsSpec = defineCommand({
  name: "alerts list",
  aliases: ["ls"],
  summary: "List who is told of a worker's runs",
  args: { worker },
  options: {},
  json: true,
  examples: [
    { line: "floom alerts list scheduled-digest", does: "Show addresses, what for, and what has stopped." },
  ],
});

export const addAlertSpec = defineCommand({
  name: "alerts add",
  summary: "Tell somebody when runs fail, complete or ask, or a schedule does not start",
  description:
    "Give --url, --email, or both. The secret that signs the posts (Standard Webhooks) is printed once, and never again.",
  args: { worker },
  options: {
    url: { kind: "value", flags: "--url <url>", description: "https address to post to." },
    email: {
      kind: "list",
      flags: "-e, --email <address>",
      description: "Address to write to; may be given several times.",
    },
    on: {
      kind: "list",
      flags: "--on <event>",
      description:
        "failed (default), completed, approval_required, schedule_missed, spend_warning, anomaly, connection_changed or evaluation_failed; may be given several times.",
      complete: [...alertTopicSchema.options],
    },
    description: { kind: "value", flags: "--description <text>", description: "What it is for." },
  },
  json: true,
  examples: [
    {
      line: "floom alerts add scheduled-digest --url https://example.com/hook",
      does: "Post when a run fails.",
    },
    {
      line: "floom alerts add scheduled-digest --email ada@example.com --on failed --on schedule_missed",
      does: "Write when a run fails or does not start.",
    },
  ],
});

export const removeAlertSpec = defineCommand({
  name: "alerts remove",
  aliases: ["rm"],
  summary: "Remove an alert and what it has sent",
  args: { worker, alert },
  options: {},
  json: true,
  examples: [{ line: "floom alerts remove scheduled-digest alt_01j9...", does: "Tell them no more." }],
});

export const testAlertSpec = defineCommand({
  name: "alerts test",
  summary: "Send a test message now, and say how it went",
  description: "The exit code is 1 when it did not arrive.",
  args: { worker, alert },
  options: {},
  json: true,
  examples: [{ line: "floom alerts test scheduled-digest alt_01j9...", does: "See whether it arrives." }],
});

export const listDeliveriesSpec = defineCommand({
  name: "alerts deliveries",
  summary: "List an alert's messages with their attempts, newest first",
  args: { worker, alert },
  options: {
    limit: { kind: "number", flags: "-n, --limit <number>", description: "How many at most (50)." },
  },
  json: true,
  examples: [
    {
      line: "floom alerts deliveries scheduled-digest alt_01j9...",
      does: "Show what was sent and what came back.",
    },
  ],
});

export const redeliverSpec = defineCommand({
  name: "alerts redeliver",
  summary: "Send a message again, under the same webhook-id",
  args: { worker, alert, delivery: { description: "Id of the delivery.", required: true } },
  options: {},
  json: true,
  examples: [
    {
      line: "floom alerts redeliver scheduled-digest alt_01j9... dlv_01j9...",
      does: "Try it once more from the start.",
    },
  ],
});
