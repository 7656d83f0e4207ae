import { defineCommand } from "../../command.ts";

const trigger = {
  description: "Id of the webhook's trigger, or worker/name, e.g. github-webhook/webhook-1.",
  required: true,
} as const;
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
  args: { trigger },
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
  args: { trigger, delivery: { description: "Id of the delivery.", required: true } },
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
  args: { trigger, delivery: { description: "Id of one delivery.", required: false } },
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

export const rotateSecretSpec = defineCommand({
  name: "triggers rotate-secret",
  summary: "Give a webhook a new secret, shown this once",
  description: "The old secret stays good for a day unless --overlap says otherwise.",
  args: { trigger },
  options: {
    overlap: {
      kind: "value",
      flags: "--overlap <seconds>",
      description: "How long the old secret stays good; 0 ends it now.",
    },
    secret: {
      kind: "value",
      flags: "--secret <text>",
      description:
        "The secret that the sender made, as Stripe, Slack and Shopify do; - reads standard input.",
    },
  },
  json: true,
  examples: [
    {
      line: "floom triggers rotate-secret github-webhook/webhook-1",
      does: "Make a new secret and print it.",
    },
    {
      line: "floom triggers rotate-secret github-webhook/webhook-1 --overlap 0",
      does: "End the old one at once.",
    },
  ],
});
