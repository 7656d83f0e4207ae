import { defineCommand } from "../../command.ts";

const context = { description: "Name of the context.", required: true } as const;

export const listContextsSpec = defineCommand({
  name: "contexts list",
  aliases: ["ls"],
  summary: "List contexts: what they hold, and which workers mount them",
  args: {},
  options: {},
  json: true,
  examples: [{ line: "floom contexts list", does: "Show names, sizes and versions." }],
});

export const createContextSpec = defineCommand({
  name: "contexts create",
  summary: "Make a context without files",
  args: { context },
  options: {
    writeable: { kind: "flag", flags: "--writeable", description: "Workers may mount it writeable." },
    memory: {
      kind: "flag",
      flags: "--memory",
      description: "A memory, whose learnings are only added to.",
    },
    private: { kind: "flag", flags: "--private", description: "Nobody else of the workspace sees it." },
    sensitive: {
      kind: "switch",
      flags: "--no-sensitive",
      description: "Its contents may be in exports and shared links.",
    },
    description: { kind: "value", flags: "-d, --description <text>", description: "What it is for." },
    category: { kind: "value", flags: "--category <word>", description: "A word to find it under." },
  },
  json: true,
  examples: [
    { line: "floom contexts create handbook", does: "Make one that workers read." },
    { line: "floom contexts create diary --writeable", does: "Make one that workers may write." },
  ],
});

export const pushContextSpec = defineCommand({
  name: "contexts push",
  summary: "Put a folder into a context, as one version",
  description:
    "The context is made where there is none of that name. Files that are not in the folder stay, but with `--mirror`. What looks as if it held a secret is refused with file and line; `--allow` keeps it all the same.",
  args: {
    folder: { description: "The folder.", required: true, complete: "folders" },
  },
  options: {
    name: {
      kind: "value",
      flags: "-n, --name <name>",
      description: "The context; the folder's name when left out.",
    },
    mirror: { kind: "flag", flags: "--mirror", description: "Delete what the folder does not have." },
    allow: { kind: "flag", flags: "--allow", description: "Keep files that look as if they held secrets." },
    base: {
      kind: "number",
      flags: "--base <version>",
      description: "Refuse when the context has moved on from this version.",
    },
  },
  json: true,
  examples: [
    { line: "floom contexts push handbook", does: "Put the folder handbook into the context handbook." },
    { line: "floom contexts push docs --name handbook --mirror", does: "Make it exactly what docs holds." },
  ],
});

export const pullContextSpec = defineCommand({
  name: "contexts pull",
  summary: "Fetch a context's files into a folder",
  args: {
    context,
    dir: {
      description: "The folder; the context's name when left out.",
      required: false,
      complete: "folders",
    },
  },
  options: {
    version: { kind: "number", flags: "--version <number>", description: "As it was in this version." },
    force: { kind: "flag", flags: "--force", description: "Replace files that are there and differ." },
    hidden: { kind: "flag", flags: "--hidden", description: "Save hidden files, too." },
  },
  json: true,
  examples: [{ line: "floom contexts pull handbook", does: "Save its files in ./handbook." }],
});

export const contextFilesSpec = defineCommand({
  name: "contexts files",
  aliases: ["show"],
  summary: "List a context's files",
  args: { context },
  options: {
    path: { kind: "value", flags: "--path <prefix>", description: "Only the files below it." },
  },
  json: true,
  examples: [{ line: "floom contexts files handbook --path guides/", does: "Show what is in guides." }],
});

export const contextVersionsSpec = defineCommand({
  name: "contexts versions",
  summary: "Show who changed a context when, newest first",
  args: { context },
  options: {},
  json: true,
  examples: [{ line: "floom contexts versions handbook", does: "Show its versions." }],
});

export const rollbackContextSpec = defineCommand({
  name: "contexts rollback",
  summary: "Make an earlier version of a context the newest",
  args: {
    context,
    version: { description: "The version's number, or the beginning of its digest.", required: true },
  },
  options: {},
  json: true,
  examples: [{ line: "floom contexts rollback handbook 3", does: "Have the files of version 3 again." }],
});

export const deleteContextSpec = defineCommand({
  name: "contexts delete",
  aliases: ["rm"],
  summary: "Delete a context with all its versions",
  args: { context },
  options: {
    yes: { kind: "flag", flags: "-y, --yes", description: "Do not ask." },
    force: { kind: "flag", flags: "--force", description: "Delete it though workers mount it." },
  },
  json: true,
  examples: [{ line: "floom contexts delete handbook", does: "Ask, then delete it." }],
});
