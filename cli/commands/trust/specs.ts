import { anomalyKindSchema } from "#contract/anomalies/anomaly";
import { defineCommand } from "../../command.ts";
import { worker } from "../arguments.ts";

const version = { description: "Number of the version.", required: true } as const;

export const listWaitingSpec = defineCommand({
  name: "trust list",
  aliases: ["ls"],
  summary: "List the versions that wait in quarantine",
  description: "Of every worker that you see, archived ones too; the newest first.",
  args: {},
  options: {},
  json: true,
  examples: [
    { line: "floom trust list", does: "Show what waits for a decision." },
    { line: "floom trust list --json | jq -r '.[].worker'", does: "Print the workers' names alone." },
  ],
});

export const showReviewSpec = defineCommand({
  name: "trust show",
  aliases: ["info"],
  summary: "Show who pushed a version, what it may newly do, and what it changes",
  args: {
    worker,
    version: { description: "Number of the version (the newest in quarantine).", required: false },
  },
  options: {},
  json: true,
  examples: [
    { line: "floom trust show hello-worker", does: "Review the newest version that waits." },
    { line: "floom trust show hello-worker 3", does: "Review version 3." },
  ],
});

export const promoteSpec = defineCommand({
  name: "trust promote",
  summary: "Let a version out of quarantine and make it the active one",
  description:
    "For owners and admins. Shows what the version may newly do, and asks; without a terminal to ask at, --yes or --expected-digest is demanded.",
  args: { worker, version },
  options: {
    yes: { kind: "flag", flags: "-y, --yes", description: "Do not ask." },
    expectedDigest: {
      kind: "value",
      flags: "--expected-digest <digest>",
      description: "Digest that was reviewed; another bundle is not promoted. Does not ask.",
    },
  },
  json: true,
  examples: [
    { line: "floom trust promote hello-worker 3", does: "Let version 3 in, after a look at it." },
    {
      line: 'floom trust promote hello-worker 3 --expected-digest "$DIGEST"',
      does: "Let version 3 in only if it is what was reviewed.",
    },
  ],
});

export const rejectSpec = defineCommand({
  name: "trust reject",
  summary: "Refuse a version in quarantine for good",
  description: "For owners and admins. Nothing runs the version from then on.",
  args: { worker, version },
  options: {
    reason: {
      kind: "value",
      flags: "--reason <text>",
      description: "Why; whoever sees the version reads it. Demanded.",
    },
  },
  json: true,
  examples: [
    {
      line: 'floom trust reject hello-worker 3 --reason "It reads a secret it does not need."',
      does: "Refuse version 3.",
    },
  ],
});

export const retireSpec = defineCommand({
  name: "trust retire",
  summary: "Take a version that is not the active one out of use for good",
  description: "For owners and admins. Runs that are on their way stay on their version.",
  args: { worker, version },
  options: { yes: { kind: "flag", flags: "-y, --yes", description: "Do not ask." } },
  json: true,
  examples: [{ line: "floom trust retire hello-worker 2 --yes", does: "Let nobody go back to version 2." }],
});

export const watchSpec = defineCommand({
  name: "trust watch",
  summary: "Show what is done about anomalies of a worker and what it is held to, or set it",
  description:
    "An anomaly is found on the record of changes by itself: a tool that is new to a worker (novel_tool), calls refused in a row (denial_streak), a tool called too often (rate_breach), unusual spending (unusual_spend). Owners and admins set what is done: ignore, notify, throttle (one run at a time), pause, or inherit from the workspace. `floom workers resume` lets a worker go.",
  args: { worker },
  options: {
    on: {
      kind: "list",
      flags: "--on <kind=action>",
      description: "What is to be done about one kind; may be given several times.",
      complete: anomalyKindSchema.options.map((kind) => `${kind}=`),
    },
  },
  json: true,
  examples: [
    { line: "floom trust watch hello-worker", does: "Show what is done, and what the worker is held to." },
    {
      line: "floom trust watch hello-worker --on denial_streak=pause --on novel_tool=inherit",
      does: "Pause it when call after call is refused; leave the other to the workspace.",
    },
  ],
});
