import { defineCommand } from "../../command.ts";

export const listWorkspacesSpec = defineCommand({
  name: "workspaces list",
  aliases: ["ls"],
  summary: "List the workspaces that your credential reaches",
  description:
    "A person's token with the scope tokens:write lists all that they are in, since it gets one for each; any other token the one that it was made in.",
  args: {},
  options: {},
  json: true,
  examples: [{ line: "floom workspaces list", does: "Show them, and what you are there." }],
});

export const useWorkspaceSpec = defineCommand({
  name: "workspaces use",
  summary: "Use another workspace of yours from now on",
  description:
    "A token is good in one workspace alone: the first time, the server makes one for the other, with no more scopes and no later end than yours has, and it is kept beside yours. It needs a sign-in by floom login; whatever FLOOM_HOME, FLOOM_API_URL and FLOOM_TOKEN say goes before what is chosen here.",
  args: { workspace: { description: "Its id, or its name.", required: true } },
  options: {},
  json: true,
  examples: [
    { line: 'floom workspaces use "Data team"', does: "Use the workspace of that name." },
    {
      line: "floom workspaces use wsp_01m8j4fwrwg0bsaz7v4jx51y0q --json",
      does: "Say which sign-in is used now.",
    },
  ],
});

export const createWorkspaceSpec = defineCommand({
  name: "workspaces create",
  summary: "Make a workspace that you own",
  args: { name: { description: "What it is called.", required: true } },
  options: {},
  json: true,
  examples: [{ line: 'floom workspaces create "Data team"', does: "Make it, and show its id." }],
});
