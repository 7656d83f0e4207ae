import { defineCommand } from "../../command.ts";

export const deleteWorkspaceSpec = defineCommand({
  name: "workspace delete",
  summary: "Delete the workspace with everything in it",
  description:
    "Needs the owner's token. Shows what is stored and asks for the workspace's id; without a terminal to ask at, --yes is demanded. From then on nothing is started and no token is good any more: runs are cancelled, and workers, runs, files, approvals, triggers, alerts, tokens and settings go. That goes on behind the answer. Until it is done the owner's token is refused, and the refusal says how much is left; afterwards it makes a new, empty workspace.",
  args: {},
  options: { yes: { kind: "flag", flags: "-y, --yes", description: "Do not ask." } },
  json: true,
  examples: [
    { line: "floom workspace delete", does: "Ask for the workspace's id, and delete it." },
    { line: "floom workspace delete --yes", does: "Delete the token's workspace without a question." },
  ],
});
