import { defineCommand } from "../../command.ts";

export const listAuditSpec = defineCommand({
  name: "audit list",
  aliases: ["ls"],
  summary: "List who changed what, newest first",
  description:
    "Every request that changed something in the workspace, or was refused. Filter by one thing at a time.",
  args: {},
  options: {
    action: { kind: "value", flags: "-a, --action <action>", description: "Only these, e.g. setSecret." },
    actor: { kind: "value", flags: "--actor <id>", description: "Only by this token or account." },
    resource: {
      kind: "value",
      flags: "-r, --resource <kind/id>",
      description: "Only of this, e.g. worker/hello.",
    },
    outcome: {
      kind: "value",
      flags: "--outcome <outcome>",
      description: "Only what was not done.",
      choices: ["refused", "failed"],
    },
    since: {
      kind: "value",
      flags: "--since <time>",
      description: "Only those from this time on (ISO 8601).",
    },
    until: { kind: "value", flags: "--until <time>", description: "Only those until this time (ISO 8601)." },
    limit: { kind: "number", flags: "-n, --limit <number>", description: "How many at most (50)." },
  },
  json: true,
  examples: [
    { line: "floom audit list --outcome refused", does: "See what somebody tried and was not allowed." },
    { line: "floom audit list -r worker/hello --json", does: "Everything that was done to one worker." },
  ],
});
