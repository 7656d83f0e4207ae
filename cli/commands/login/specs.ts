import { defineCommand } from "../../command.ts";

export const loginSpec = defineCommand({
  name: "login",
  summary: "Sign in to a server, and use it from now on",
  description:
    "Shows an address and a code; a person opens the address, sees the same code there with what is asked for, and approves. The token that comes of it ends by itself and is kept in ~/.config/floom/config.json, which only you can read. Sign in as often as you like: each sign-in has a name, see `floom servers`. A token that was made before is read from standard input with `--token -`; it cannot be given as an argument, where other programs of the machine could read it. The Floom of this machine needs no sign-in.",
  args: {},
  options: {
    server: {
      kind: "value",
      flags: "-s, --server <url>",
      description: "Address of the server; left out, the one in use.",
    },
    token: {
      kind: "value",
      flags: "--token <from>",
      description: "Take a token instead of asking a person: - for standard input.",
      choices: ["-"],
    },
    name: {
      kind: "value",
      flags: "--name <name>",
      description: "What to call this sign-in; left out, the server's host.",
    },
    scopes: {
      kind: "value",
      flags: "--scopes <list>",
      description: "What to ask for, with commas between; left out, what people commonly do.",
    },
  },
  json: true,
  refusal:
    "See floom login --help. A token cannot be given as an argument: pipe it in, with --token -. One that was typed here is in your shell's history: revoke it.",
  examples: [
    { line: "floom login --server https://floom.example.com", does: "Have a person let this terminal in." },
    {
      line: 'printf %s "$TOKEN" | floom login --server https://floom.example.com --token -',
      does: "Use a token that was made for this.",
    },
    { line: "floom login --scopes runs:read,workers:read", does: "Ask for less." },
  ],
});

export const logoutSpec = defineCommand({
  name: "logout",
  summary: "End a sign-in: its token is revoked and forgotten",
  args: {
    name: { description: "Name of the sign-in; left out, the one in use.", required: false },
  },
  options: { all: { kind: "flag", flags: "--all", description: "End every sign-in." } },
  json: true,
  examples: [
    { line: "floom logout", does: "End the sign-in in use." },
    { line: "floom logout floom.example.com", does: "End one of several." },
  ],
});
