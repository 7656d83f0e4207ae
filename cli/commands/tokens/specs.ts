import { defineCommand } from "../../command.ts";

const token = {
  description: "Id of the token, tok_...; current for the one in use.",
  required: true,
} as const;
const expires = {
  kind: "value",
  flags: "--expires <time>",
  description: "How long it is good, e.g. 90d, 12w or 1y; at most 366 days.",
} as const;
/** Said of words that are not known: one may be a token. */
const refusal =
  "See floom tokens --help. Name a token by its id, tok_...: the token itself is never an argument.";

export const createTokenSpec = defineCommand({
  name: "tokens create",
  summary: "Make a token; it is printed this once",
  description:
    "The token alone goes to standard output. It may do no more than you may, and ends after 90 days unless you say otherwise.",
  args: {},
  options: {
    name: { kind: "value", flags: "--name <name>", description: "What it is for." },
    scopes: { kind: "value", flags: "--scopes <list>", description: "What it may do, with commas between." },
    expires,
    service: {
      kind: "value",
      flags: "--service <name>",
      description: "Make it for this service account instead of for yourself.",
    },
  },
  json: true,
  refusal,
  examples: [
    {
      line: "floom tokens create --name laptop --scopes runs:read,runs:write",
      does: "Make one for yourself.",
    },
    {
      line: "floom tokens create --name deploy --scopes workers:write --service ci --expires 30d --json",
      does: "Make one for a service account, as one JSON document.",
    },
  ],
});

export const listTokensSpec = defineCommand({
  name: "tokens list",
  aliases: ["ls"],
  summary: "List tokens: what each may do, when it ends, when it was last used",
  args: {},
  options: {},
  json: true,
  examples: [{ line: "floom tokens list", does: "Show yours, or all if you look after members." }],
});

export const revokeTokenSpec = defineCommand({
  name: "tokens revoke",
  aliases: ["rm"],
  summary: "Revoke a token; it is good for nothing from then on",
  args: { token },
  options: {},
  json: true,
  refusal,
  examples: [{ line: "floom tokens revoke tok_01k0000000000000000000000a", does: "End it." }],
});

export const rotateTokenSpec = defineCommand({
  name: "tokens rotate",
  summary: "Put a new token in a token's place; it is printed this once",
  description:
    "The old one is good for nothing from then on. For a program that must not pause, make a second token, give it that, and revoke the first.",
  args: { token },
  options: { expires },
  json: true,
  refusal,
  examples: [{ line: "floom tokens rotate tok_01k0000000000000000000000a --expires 90d", does: "Renew it." }],
});
