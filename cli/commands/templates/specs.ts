import { defineCommand } from "../../command.ts";

const template = { description: "Name of the template.", required: true } as const;

export const pushTemplateSpec = defineCommand({
  name: "templates push",
  summary: "Make a sandbox template of a template.yml, or replace it",
  description:
    "Workers have it by `exec.template_profile` in worker.yml. It is built when the first run needs it. A worker that alone needs its template keeps template.yml in its own folder and pushes nothing here.",
  args: {
    source: {
      description: "A template.yml, or a folder that holds one.",
      required: true,
      complete: "folders",
    },
  },
  options: {
    name: { kind: "value", flags: "-n, --name <name>", description: "Its name, where the file says none." },
  },
  json: true,
  examples: [
    { line: "floom templates push sheets/template.yml", does: "Push the template that the file names." },
    { line: "floom templates push . --name sheets", does: "Push template.yml of this folder as sheets." },
  ],
});

export const listTemplatesSpec = defineCommand({
  name: "templates list",
  aliases: ["ls"],
  summary: "List the workspace's sandbox templates",
  args: {},
  options: {},
  json: true,
  examples: [{ line: "floom templates list", does: "Show names and packages." }],
});

export const showTemplateSpec = defineCommand({
  name: "templates show",
  summary: "Show what a sandbox template has",
  args: { template },
  options: {},
  json: true,
  examples: [{ line: "floom templates show sheets", does: "Show packages, variables and commands." }],
});

export const removeTemplateSpec = defineCommand({
  name: "templates remove",
  aliases: ["rm"],
  summary: "Remove a sandbox template; workers that name it are refused from then on",
  args: { template },
  options: {},
  json: true,
  examples: [{ line: "floom templates remove sheets", does: "Remove it." }],
});
