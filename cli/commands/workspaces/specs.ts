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

export const exportWorkspaceSpec = defineCommand({
  name: "workspaces export",
  summary: "Take your workspace away as one archive",
  description:
    "Workers with their versions, schedules, webhooks and alerts; stores; contexts; templates; settings; the names of members and secrets; the records of runs. No secret's value is in it. Contexts that are marked sensitive are left out unless you ask for them, and so are private things that you do not see; the archive says which.",
  args: {},
  options: {
    output: {
      kind: "value",
      flags: "-o, --output <file>",
      description: "Where to save it; standard output when left out.",
      complete: "files",
    },
    force: { kind: "flag", flags: "--force", description: "Replace a file that is there." },
    versions: {
      kind: "number",
      flags: "--versions <count>",
      description: "So many of the newest versions of each worker and context; 20 when left out.",
    },
    sensitive: {
      kind: "flag",
      flags: "--sensitive",
      description: "Also the contexts that are marked sensitive.",
    },
    runs: { kind: "switch", flags: "--no-runs", description: "Leave out the records of runs." },
  },
  json: true,
  examples: [
    { line: "floom workspaces export > team.floom.zip", does: "Save it by the shell." },
    { line: "floom workspaces export -o team.floom.zip --sensitive", does: "Save all of it." },
  ],
});

export const importWorkspaceSpec = defineCommand({
  name: "workspaces import",
  summary: "Take over what an archive of a workspace holds",
  description:
    "What is there already under the same name stays, and is said. The same archive may be imported again at any time: it goes on where it stopped. Workers arrive paused, so that nothing starts in two places; `--live` lets those start that were not paused. New secrets of webhooks and alerts are shown once.",
  args: { file: { description: "The archive.", required: true, complete: "files" } },
  options: {
    dryRun: { kind: "flag", flags: "--dry-run", description: "Only say what would become of each thing." },
    live: { kind: "flag", flags: "--live", description: "Let workers start that were not paused." },
    allow: {
      kind: "flag",
      flags: "--allow",
      description: "Keep files of contexts that look as if they held secrets.",
    },
  },
  json: true,
  examples: [
    { line: "floom workspaces import team.floom.zip --dry-run", does: "See what would happen." },
    { line: "floom workspaces import team.floom.zip", does: "Take it over, with workers paused." },
  ],
});
