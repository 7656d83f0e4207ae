import * as z from "zod";
import { texts } from "./key-kinds.ts";

const scope = z.string().optional().meta({
  description: "full, or read_only: whether it may change things there, or read them alone.",
  rule: "Write full or read_only.",
  default: "full",
});

/** What stands in `mcp` of a connection, by name; the rules of the manifest hold it to this list. */
export const connectionServerKeys = [
  "label",
  "transport",
  "url",
  "auth",
  "require_approval",
  "allowed_tools",
  "command",
  "args",
  "env",
  "cwd",
];

/**
 * One item of `connections`: the slug of an app, or a mapping that names exactly one thing to connect to. What is in it the
 * rules of the manifest say in full, since a finding on one of several forms tells nobody which key is wrong.
 */
export const authoredConnectionSchema = z.union([
  z.string(),
  z.strictObject({
    app: z.json().optional().meta({
      description: "Slug of an app, e.g. gmail.",
      rule: "Write the app's slug, e.g. app: gmail.",
    }),
    composio: z.json().optional().meta({
      description: "The same as app.",
      rule: "Write the app's slug, e.g. composio: gmail.",
    }),
    mcp: z.json().optional().meta({
      description:
        "A remote MCP server: the name of the workspace's connection, or label, url, transport (streamable_http, sse), auth (bearer:SECRET), require_approval and allowed_tools.",
      rule: "Write the connection's name, or label and url.",
    }),
    browser_session: z.json().optional().meta({
      description: "A browser that is signed in somewhere: it does not exist here, and is refused.",
      rule: "Leave it out.",
    }),
    allowed_tools: texts("Names of the tools that alone may be called; left out, all of them."),
    scope,
    scopes: scope,
  }),
]);
