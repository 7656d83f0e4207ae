import { defineCommand } from "../../command.ts";

const connection = { description: "Name or id of the connection.", required: true } as const;

export const listConnectionsSpec = defineCommand({
  name: "connections list",
  aliases: ["ls"],
  summary: "List connections to servers and apps of others, and how each stands",
  args: {},
  options: {},
  json: true,
  examples: [{ line: "floom connections list", does: "List the workspace's connections and your own." }],
});

export const addConnectionSpec = defineCommand({
  name: "connections add",
  summary: "Connect the workspace to a remote MCP server, an app, or an HTTP API",
  description:
    "Exactly one of --mcp, --app and --http says to what. A credential is named by its secret and never stands in the command; where the server wants somebody to sign in, a link is printed.",
  args: { name: { description: "What workers call it, e.g. linear.", required: true } },
  options: {
    mcp: { kind: "value", flags: "--mcp <url>", description: "Address of a remote MCP server." },
    app: {
      kind: "value",
      flags: "--app <slug>",
      description: "App to connect through Composio, e.g. gmail.",
    },
    http: { kind: "value", flags: "--http <url>", description: "Base address of an HTTP API." },
    secret: {
      kind: "value",
      flags: "--secret <NAME>",
      description: "Secret that is the MCP server's bearer token, or goes into the header of the HTTP API.",
    },
    header: {
      kind: "value",
      flags: "--header <text>",
      description:
        "Header of the HTTP API, with {value} for the secret; Authorization: Bearer {value} by default.",
    },
    sse: { kind: "flag", flags: "--sse", description: "The MCP server speaks the older SSE transport." },
    mine: { kind: "flag", flags: "--mine", description: "Yours alone, for runs that you start." },
    readOnly: {
      kind: "flag",
      flags: "--read-only",
      description: "Only tools that are known to change nothing.",
    },
    tool: {
      kind: "list",
      flags: "--tool <name>",
      description: "A tool that may be called; repeat it. Without: all.",
    },
  },
  json: true,
  examples: [
    {
      line: "floom connections add linear --mcp https://mcp.linear.app/mcp",
      does: "Connect a server, and print where to sign in.",
    },
    {
      line: "floom connections add shop --http https://api.example.com/v1 --secret SHOP_KEY",
      does: "Connect an HTTP API by a secret that is set already.",
    },
  ],
});

export const showConnectionSpec = defineCommand({
  name: "connections show",
  summary: "Show one connection",
  args: { connection },
  options: {},
  json: true,
  examples: [{ line: "floom connections show linear", does: "Show where it leads and how it stands." }],
});

export const testConnectionSpec = defineCommand({
  name: "connections test",
  summary: "Ask a connection's server now",
  description:
    "Ends with 6 where it does not answer as it should. A failed test takes the connection from nobody.",
  args: { connection },
  options: {},
  json: true,
  examples: [{ line: "floom connections test linear", does: "Connect, and list its tools anew." }],
});

export const listConnectionToolsSpec = defineCommand({
  name: "connections tools",
  summary: "List a connection's tools, and which of them were accepted as they are",
  args: { connection },
  options: {},
  json: true,
  examples: [{ line: "floom connections tools linear --json", does: "List them with their schemas." }],
});

export const pinConnectionSpec = defineCommand({
  name: "connections pin",
  summary: "Accept tools of a connection as they are now",
  description:
    "What is accepted is shown first. A tool whose description or schema changes afterwards is not called until it is accepted again; one that was never accepted counts as changing things.",
  args: { connection },
  options: {
    tool: {
      kind: "list",
      flags: "--tool <name>",
      description: "A tool to accept; repeat it. Without: all that are listed.",
    },
    yes: { kind: "flag", flags: "-y, --yes", description: "Do not ask." },
  },
  json: true,
  examples: [{ line: "floom connections pin linear --tool search", does: "Accept one tool." }],
});

export const authorizeConnectionSpec = defineCommand({
  name: "connections authorize",
  summary: "Print the link where somebody signs in at a connection's server",
  args: { connection },
  options: {},
  json: true,
  examples: [{ line: "floom connections authorize linear", does: "Sign in, or sign in again." }],
});

export const removeConnectionSpec = defineCommand({
  name: "connections remove",
  aliases: ["rm"],
  summary: "Remove a connection, with what signs in there",
  args: { connection },
  options: {},
  json: true,
  examples: [
    {
      line: "floom connections remove linear",
      does: "Remove it; workers that declare it do not start any more.",
    },
  ],
});
