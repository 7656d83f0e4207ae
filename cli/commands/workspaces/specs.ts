import { defineCommand } from "../../command.ts";

export const listWorkspacesSpec = defineCommand({
  name: "workspaces list",
  aliases: ["ls"],
  summary: "List the workspaces that your credential reaches",
  description: "A token reaches the one that it was made in.",
  args: {},
  options: {},
  json: true,
  examples: [{ line: "floom workspaces list", does: "Show them, and what you are there." }],
});

export const createWorkspaceSpec = defineCommand({
  name: "workspaces create",
  summary: "Make a workspace that you own",
  args: { name: { description: "What it is called.", required: true } },
  options: {},
  json: true,
  examples: [{ line: 'floom workspaces create "Data team"', does: "Make it, and show its id." }],
});
