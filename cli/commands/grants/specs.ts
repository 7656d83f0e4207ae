import { defineCommand } from "../../command.ts";

const worker = { description: "Name of the worker.", required: true, complete: "workers" } as const;

export const showGrantsSpec = defineCommand({
  name: "grants list",
  aliases: ["ls"],
  summary: "Say who sees a worker and what was granted",
  args: { worker },
  options: {},
  json: true,
  examples: [{ line: "floom grants list invoice-bot", does: "Show who may start it or decide for it." }],
});

export const setGrantsSpec = defineCommand({
  name: "grants set",
  summary: "Say what a member may do with a worker beyond their role",
  description:
    "They have then what is named here and no more: without an option, nothing. Either option shows them a private worker.",
  args: { worker, member: { description: "Their e-mail address or id.", required: true } },
  options: {
    runner: { kind: "flag", flags: "--runner", description: "They may start its runs." },
    approver: { kind: "flag", flags: "--approver", description: "They may decide what its runs ask." },
  },
  json: true,
  examples: [
    { line: "floom grants set invoice-bot bob@example.com --runner", does: "Let a viewer start it." },
    { line: "floom grants set invoice-bot bob@example.com", does: "Take all grants back." },
  ],
});

export const setVisibilitySpec = defineCommand({
  name: "grants visibility",
  summary: "Show a worker to the whole workspace, or to few",
  description: "A private worker is seen by whoever made it, by those it is granted to and by admins.",
  args: {
    worker,
    visibility: { description: "private or workspace.", required: true, complete: ["private", "workspace"] },
  },
  options: {},
  json: true,
  examples: [{ line: "floom grants visibility invoice-bot private", does: "Hide it from the others." }],
});
