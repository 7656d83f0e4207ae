import { defineCommand } from "../../command.ts";

const session = {
  description:
    "Id of the session; the one that FLOOM_SESSION names, or else the newest active one, when left out.",
  required: false,
} as const;

export const startSessionSpec = defineCommand({
  name: "session start",
  summary: "Begin a work session, a record that runs and notes are added to",
  description:
    "Runs that floom run starts are added to it while FLOOM_SESSION has its id. It counts as lapsed when nothing is heard of it, and never ends by itself.",
  args: { name: { description: "What it is about.", required: false } },
  options: {
    key: { kind: "value", flags: "--key <key>", description: "The same key is the same session." },
    lapse: {
      kind: "number",
      flags: "--lapse <seconds>",
      description: "Silence after which it lapses (1800).",
    },
  },
  json: true,
  examples: [
    { line: 'export FLOOM_SESSION=$(floom session start "Refactoring")', does: "Begin one in this shell." },
  ],
});

export const sessionStatusSpec = defineCommand({
  name: "session status",
  summary: "Show a work session with its notes and runs",
  args: { session },
  options: {},
  json: true,
  examples: [{ line: "floom session status", does: "Show the one of this shell, or the newest active one." }],
});

export const listSessionsSpec = defineCommand({
  name: "session list",
  aliases: ["ls"],
  summary: "List work sessions, newest first",
  args: {},
  options: {
    limit: { kind: "number", flags: "-n, --limit <number>", description: "How many at most (20)." },
  },
  json: true,
  examples: [{ line: "floom session list", does: "Show who has worked when." }],
});

export const noteSessionSpec = defineCommand({
  name: "session note",
  summary: "Write something down in a work session",
  args: { note: { description: "What is written down.", required: true }, session },
  options: {},
  json: true,
  examples: [
    { line: 'floom session note "The import is slow: look at the index."', does: "Keep it for later." },
  ],
});

export const endSessionSpec = defineCommand({
  name: "session end",
  summary: "End a work session; nothing is sent anywhere",
  args: { session },
  options: { message: { kind: "value", flags: "-m, --message <text>", description: "What came out of it." } },
  json: true,
  examples: [{ line: 'floom session end -m "All tests pass."', does: "End the one of this shell." }],
});

export const checkSyncSpec = defineCommand({
  name: "session sync-check",
  summary: "Show what has changed in the workspace since a session began, and how it stands to its remote",
  args: { session },
  options: {},
  json: true,
  examples: [{ line: "floom session sync-check", does: "See what others have pushed meanwhile." }],
});

export const syncSessionSpec = defineCommand({
  name: "session sync",
  summary: "Ask for the workspace to be brought into line with its remote",
  description: "Nothing leaves before a person has approved it. A workspace without a remote is refused.",
  args: { session },
  options: {},
  json: true,
  examples: [{ line: "floom session sync", does: "Ask." }],
});
