import { defineCommand } from "../../command.ts";

const narrow = {
  workers: {
    kind: "value",
    flags: "--workers <names>",
    description: "List the tools of these workers alone, with commas between.",
  },
  toolset: {
    kind: "value",
    flags: "--toolset <set>",
    description: "full: every operation of the API besides.",
    choices: ["default", "full"],
  },
} as const;

export const mcpSpec = defineCommand({
  name: "mcp",
  summary: "Give a coding agent the platform and its workers as tools, over stdio",
  description:
    "What a client of MCP starts: it reads the protocol's messages from standard input and writes the answers of the server that you are signed in to. `floom mcp install` writes a client's file so that it does.",
  args: {},
  options: narrow,
  json: false,
  examples: [
    { line: "floom mcp", does: "Serve all tools to the program that has started this." },
    {
      line: "floom mcp --workers invoice-splitter",
      does: "Serve one worker's tools besides the platform's.",
    },
  ],
});

export const mcpToolsSpec = defineCommand({
  name: "mcp tools",
  summary: "List the tools that a client gets",
  args: { worker: { description: "Of this worker alone.", required: false } },
  options: { toolset: narrow.toolset },
  json: true,
  examples: [
    { line: "floom mcp tools", does: "List every tool." },
    { line: "floom mcp tools hello-worker --json", does: "Print a worker's tools with their schemas." },
  ],
});

const target = {
  kind: "value",
  flags: "--target <client>",
  description: "Which client.",
  choices: ["claude", "cursor", "vscode", "windsurf", "codex", "generic"],
} as const;
const dryRun = {
  kind: "flag",
  flags: "--dry-run",
  description: "Print what the file would be, and write nothing.",
} as const;

export const mcpInstallSpec = defineCommand({
  name: "mcp install",
  summary: "Let a client start `floom mcp` by itself",
  description:
    "Writes one entry into the client's own file and keeps all else in it, comments too. The entry has no token: `floom mcp` finds the one that you are signed in with. generic prints the entry for any other client.",
  args: {},
  options: { target, dryRun },
  json: true,
  examples: [
    { line: "floom mcp install --target claude", does: "Let Claude Code use it." },
    {
      line: "floom mcp install --target vscode --dry-run",
      does: "See what would be written into .vscode/mcp.json.",
    },
  ],
});

export const mcpUninstallSpec = defineCommand({
  name: "mcp uninstall",
  summary: "Take the entry out of a client's file again",
  args: {},
  options: { target, dryRun },
  json: true,
  examples: [{ line: "floom mcp uninstall --target claude", does: "Take it out of Claude Code's file." }],
});
