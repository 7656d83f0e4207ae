import { defineCommand } from "../../command.ts";
import { onlyWorker, webhook } from "../arguments.ts";

const trigger = {
  description: "Id of the trigger, or worker/name, e.g. scheduled-digest/mornings.",
  required: true,
} as const;

export const listTriggersSpec = defineCommand({
  name: "triggers list",
  aliases: ["ls"],
  summary: "List what starts workers besides people",
  args: { worker: onlyWorker },
  options: {},
  json: true,
  examples: [
    { line: "floom triggers list", does: "Show the triggers of all workers." },
    { line: "floom triggers list scheduled-digest", does: "Show those of one worker." },
  ],
});

export const showTriggerSpec = defineCommand({
  name: "triggers show",
  aliases: ["info"],
  summary: "Show a trigger; of a schedule its next times, and when it was to start beside when it did",
  args: { trigger },
  options: {
    limit: { kind: "number", flags: "--limit <number>", description: "How many past times at most (10)." },
  },
  json: true,
  examples: [{ line: "floom triggers show scheduled-digest/mornings", does: "Was every start on time?" }],
});

export const pauseTriggerSpec = defineCommand({
  name: "triggers pause",
  summary: "Pause a trigger; it stays paused when the worker is pushed",
  args: { trigger },
  options: {},
  json: true,
  examples: [{ line: "floom triggers pause scheduled-digest/mornings", does: "Start nothing for now." }],
});

export const resumeTriggerSpec = defineCommand({
  name: "triggers resume",
  summary: "Resume a trigger; times that passed meanwhile are not made up for",
  args: { trigger },
  options: {},
  json: true,
  examples: [{ line: "floom triggers resume scheduled-digest/mornings", does: "Start again when due." }],
});

export const testTriggerSpec = defineCommand({
  name: "triggers test",
  summary: "Start the run a trigger would start, now",
  args: { trigger },
  options: {},
  json: true,
  examples: [{ line: "floom triggers test scheduled-digest/mornings", does: "Do not wait for 8:30." }],
});

export const deleteTriggerSpec = defineCommand({
  name: "triggers delete",
  aliases: ["rm"],
  summary: "Delete a trigger that was not declared in worker.yml",
  args: { trigger },
  options: { yes: { kind: "flag", flags: "-y, --yes", description: "Do not ask." } },
  json: true,
  examples: [
    { line: "floom triggers delete scheduled-digest/evenings --yes", does: "Delete without a question." },
  ],
});

export const rotateSecretSpec = defineCommand({
  name: "triggers rotate-secret",
  summary: "Give a webhook a new secret, shown this once",
  description: "The old secret stays good for a day unless --overlap says otherwise.",
  args: { trigger: webhook },
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
