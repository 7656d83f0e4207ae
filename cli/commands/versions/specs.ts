import { defineCommand } from "../../command.ts";
import { worker } from "../arguments.ts";

const version = (description: string) => ({ description, required: true }) as const;

export const listVersionsSpec = defineCommand({
  name: "versions list",
  aliases: ["ls"],
  summary: "List a worker's versions, newest first",
  args: { worker },
  options: { limit: { kind: "number", flags: "--limit <number>", description: "How many at most (50)." } },
  json: true,
  examples: [{ line: "floom versions list hello-worker", does: "Show which version is active." }],
});

export const showVersionSpec = defineCommand({
  name: "versions show",
  aliases: ["info"],
  summary: "Show one version of a worker",
  args: { worker, version: version("Number of the version.") },
  options: {},
  json: true,
  examples: [{ line: "floom versions show hello-worker 3", does: "Show what version 3 is." }],
});

export const diffVersionsSpec = defineCommand({
  name: "versions diff",
  summary: "Show what changes from one version to another, and what the worker may newly do",
  args: {
    worker,
    from: version("Number of the version to start from."),
    to: { description: "Number of the version to go to (the active one).", required: false },
  },
  options: {},
  json: true,
  examples: [
    { line: "floom versions diff hello-worker 2 3", does: "Show what version 3 changed." },
    { line: "floom versions diff hello-worker 2", does: "Show what changed since version 2." },
  ],
});

export const rollbackSpec = defineCommand({
  name: "rollback",
  summary: "Make another version of a worker the active one",
  description: [
    "Without a number the version before the active one. Shows what changes and what the worker may newly do, and asks; without a terminal to ask at, --yes is demanded.",
    "Runs that are on their way stay on their version. A version that drops the approval, or that would switch a paused or archived worker back on, is refused until --force names that guard.",
  ].join("\n\n"),
  args: {
    worker,
    version: { description: "Number of the version (the one before the active).", required: false },
  },
  options: {
    yes: { kind: "flag", flags: "-y, --yes", description: "Do not ask." },
    force: {
      kind: "list",
      flags: "--force <guard>",
      description: "Set a guard aside: drops_approvals, re_enables; evals by owners and admins.",
      complete: ["drops_approvals", "re_enables", "evals"],
    },
  },
  json: true,
  examples: [
    { line: "floom rollback hello-worker", does: "Go back one version, after a look at the changes." },
    { line: "floom rollback hello-worker 2 --yes", does: "Activate version 2 without a question." },
  ],
});
