import { defineCommand } from "../../command.ts";
import { worker } from "../arguments.ts";

const expires = {
  kind: "value",
  flags: "--expires <time>",
  description: "How long it is good, e.g. 7d, 12w or 1y; 30 days unless you say otherwise.",
} as const;
const bounds = {
  runs: { kind: "number", flags: "--runs <count>", description: "How many runs it starts at all." },
  perHour: {
    kind: "number",
    flags: "--per-hour <count>",
    description: "How many runs it starts in an hour, whoever asks.",
  },
  perVisitor: {
    kind: "number",
    flags: "--per-visitor <count>",
    description: "How many runs one visitor starts in an hour.",
  },
  action: {
    kind: "list",
    flags: "--action <name>",
    description: "Let visitors run this action alone; may be given several times.",
  },
} as const;

export const createShareSpec = defineCommand({
  name: "share create",
  summary: "Make a link with which anybody may run a worker; it is printed this once",
  description:
    "Runs by the link are yours: they use your secrets, which nobody sees, and count against your limits. With --run it shows the results of that run instead.",
  args: { worker: { ...worker, required: false } },
  options: {
    run: { kind: "value", flags: "--run <run>", description: "Share this run's results.", complete: "runs" },
    file: {
      kind: "value",
      flags: "--file <artifact>",
      description: "With --run: this file of it alone, art_...",
    },
    name: { kind: "value", flags: "--name <name>", description: "What it is for." },
    copy: {
      kind: "flag",
      flags: "--copy",
      description: "Whoever has it may also copy the worker's files into a workspace of theirs.",
    },
    expires,
    ...bounds,
  },
  json: true,
  examples: [
    { line: "floom share create hello-worker", does: "Print a link to its page." },
    {
      line: "floom share create hello-worker --expires 7d --runs 100 --json",
      does: "Make one that is good for a week and a hundred runs.",
    },
  ],
});

export const listSharesSpec = defineCommand({
  name: "share list",
  aliases: ["ls"],
  summary: "List the links that are shared: to what, until when, and how much they were used",
  args: { worker: { ...worker, required: false } },
  options: {},
  json: true,
  examples: [{ line: "floom share list hello-worker", does: "Show the links to it and its runs." }],
});

export const revokeShareSpec = defineCommand({
  name: "share revoke",
  aliases: ["rm"],
  summary: "Revoke a link; it opens nothing from then on",
  args: { share: { description: "Id of the link, shr_...", required: true } },
  options: {},
  json: true,
  refusal: "See floom share revoke --help. Name a link by its id, shr_...: its token is never an argument.",
  examples: [{ line: "floom share revoke shr_01k0000000000000000000000a", does: "End it." }],
});

export const showAppSpec = defineCommand({
  name: "share show",
  summary: "Show a worker's public page: its address and who may open it",
  args: { worker },
  options: {},
  json: true,
  examples: [{ line: "floom share show hello-worker", does: "Show it." }],
});

export const setAppSpec = defineCommand({
  name: "share set",
  summary: "Say who may open a worker's public page, and how much it may be used",
  description:
    "private: nobody, and no link answers. link: whoever has a link. password, invited: also the page itself, by a password or for addresses. public: everybody. A password is read from standard input, so that it stands in no history.",
  args: { worker },
  options: {
    state: {
      kind: "value",
      flags: "--state <state>",
      description: "Who may open it.",
      choices: ["private", "link", "password", "invited", "public"],
    },
    slug: { kind: "value", flags: "--slug <slug>", description: "The end of its address, /a/<slug>." },
    password: { kind: "flag", flags: "--password", description: "Read a password from standard input." },
    invite: {
      kind: "list",
      flags: "--invite <email>",
      description: "Open it to these addresses and no others; may be given several times.",
    },
    embed: {
      kind: "list",
      flags: "--embed <site>",
      description: "Let these sites show it in a frame, and no others; may be given several times.",
    },
    accent: { kind: "value", flags: "--accent <colour>", description: "Colour of its buttons, #rrggbb." },
    ...bounds,
  },
  json: true,
  examples: [
    { line: "floom share set hello-worker --state public", does: "Open it to everybody." },
    {
      line: "floom share set hello-worker --state invited --invite ada@example.com",
      does: "Open it to one address, which is mailed a way in.",
    },
  ],
});
