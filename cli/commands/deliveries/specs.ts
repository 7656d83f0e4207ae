import { defineCommand } from "../../command.ts";
import { webhook } from "../arguments.ts";

const verdicts = ["accepted", "duplicate", "bad_signature", "invalid_inputs", "refused"] as const;
const verdict = {
  kind: "value",
  flags: "-v, --verdict <verdict>",
  description: "Only deliveries with this verdict.",
  choices: verdicts,
} as const;

export const listDeliveriesSpec = defineCommand({
  name: "deliveries list",
  aliases: ["ls"],
  summary: "List what came in for a webhook, newest first",
  args: { trigger: webhook },
  options: {
    verdict,
    limit: { kind: "number", flags: "-n, --limit <number>", description: "How many at most (20)." },
  },
  json: true,
  examples: [
    { line: "floom deliveries list github-webhook/webhook-1", does: "Show the last 20 deliveries." },
    {
      line: "floom deliveries list github-webhook/webhook-1 -v bad_signature",
      does: "See why a sender is not let in.",
    },
  ],
});

export const showDeliverySpec = defineCommand({
  name: "deliveries show",
  summary: "Show a delivery: verdict, headers, body",
  args: { trigger: webhook, delivery: { description: "Id of the delivery.", required: true } },
  options: {},
  json: true,
  examples: [
    { line: "floom deliveries show github-webhook/webhook-1 dlv_01j9...", does: "Look at what was sent." },
  ],
});

export const redeliverSpec = defineCommand({
  name: "deliveries redeliver",
  summary: "Take a delivery once more, or all with a verdict",
  description: "Each becomes a new delivery, linked to the old one, and a new run on the version of today.",
  args: { trigger: webhook, delivery: { description: "Id of one delivery.", required: false } },
  options: {
    verdict: { ...verdict, description: "All deliveries with this verdict instead of one, oldest first." },
    since: { kind: "value", flags: "--since <time>", description: "Only those after this time (ISO 8601)." },
  },
  json: true,
  examples: [
    { line: "floom deliveries redeliver github-webhook/webhook-1 dlv_01j9...", does: "Take one once more." },
    {
      line: "floom deliveries redeliver github-webhook/webhook-1 -v refused --since 2026-01-31T09:00:00Z",
      does: "Make up for what came while the worker was paused.",
    },
  ],
});
