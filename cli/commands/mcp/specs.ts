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

export const mcpServeSpec = defineCommand({
  name: "mcp serve",
  summary: "Serve a folder's tools from this machine, without a server or an account",
  description:
    "Runs in the local sandbox what the folder's tools are asked for, and lists them as a server would: each function of a file of typed functions, or the one script of worker.yml with its inputs. Workers that it calls lie in the folders beside it. Secrets that the code reads are taken from the environment by their names. Nothing is kept: store, runs and files go when it ends, with the client's closing of standard input or Ctrl-C.\n\nOver HTTP whoever reaches the address may use the tools: it is open to this machine alone unless --host says otherwise, and to no web page but those of --allow-origin.",
  args: {
    worker: {
      description: "A worker's folder, or a .py or .js file of typed functions.",
      required: true,
      complete: "folders",
    },
  },
  options: {
    transport: {
      kind: "value",
      flags: "--transport <transport>",
      description: "stdio by default.",
      choices: ["stdio", "streamable-http"],
    },
    host: { kind: "value", flags: "--host <host>", description: "127.0.0.1 by default." },
    port: { kind: "value", flags: "--port <port>", description: "8765 by default; 0 takes any free one." },
    path: { kind: "value", flags: "--path <path>", description: "/mcp by default." },
    allowOrigin: {
      kind: "list",
      flags: "--allow-origin <origin>",
      description: "Let pages of this origin in; may be given several times.",
    },
    requireOrigin: {
      kind: "switch",
      flags: "--require-origin",
      description:
        "Turn away pages of every other origin, which is the default; --no-require-origin lets all in, on this machine alone.",
    },
    callTimeout: {
      kind: "number",
      flags: "--call-timeout <seconds>",
      description:
        "Stop a call after so long; by default the worker's own limits.timeout_seconds, or 30 where it writes none.",
    },
    threadId: {
      kind: "value",
      flags: "--thread-id <id>",
      description: "Give this to tools that have an input thread_id, unless a call says another.",
    },
    exposeNested: {
      kind: "flag",
      flags: "--expose-nested",
      description: "List the tools of workers that it calls as well.",
    },
  },
  json: false,
  examples: [
    {
      line: "floom mcp serve ./invoice-splitter",
      does: "Serve a folder to the program that has started this.",
    },
    {
      line: "floom mcp serve ./app.py --transport streamable-http",
      does: "Serve it at http://127.0.0.1:8765/mcp.",
    },
  ],
});

export const mcpToolsSpec = defineCommand({
  name: "mcp tools",
  summary: "List the tools that a client gets",
  description:
    "Of the server that you are signed in to. A folder's, as ./name, or a .py or .js file's are listed without one, as `floom mcp serve` would serve them.",
  args: {
    worker: {
      description: "Of this worker alone: its name, or its folder.",
      required: false,
      complete: "workers",
    },
  },
  options: { toolset: narrow.toolset },
  json: true,
  examples: [
    { line: "floom mcp tools", does: "List every tool." },
    { line: "floom mcp tools hello-worker --json", does: "Print a worker's tools with their schemas." },
    { line: "floom mcp tools ./hello-worker", does: "List what a folder would serve." },
  ],
});

const target = {
  kind: "value",
  flags: "--target <client>",
  description: "Which client.",
  choices: ["claude", "cursor", "vscode", "windsurf", "continue", "codex", "generic"],
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

export const mcpProbeSpec = defineCommand({
  name: "mcp probe",
  summary: "List what any server of MCP offers",
  description:
    "Its version of the protocol, what it can do, its instructions, tools, resources and prompts. Asks, and calls nothing. The server is an address, or with --stdio a program to start here with your rights.",
  args: { server: { description: "The server's address, or the program's name.", required: true } },
  options: {
    stdio: {
      kind: "list",
      flags: "--stdio <argument>",
      description:
        "Start the program with these arguments; may be given several times, once with '' for none.",
    },
    tokenFrom: {
      kind: "value",
      flags: "--token-from <variable>",
      description:
        "Send the token that this variable of the environment holds. Your Floom token is never sent.",
    },
    timeout: {
      kind: "number",
      flags: "--timeout <seconds>",
      description: "Give up after so long; 30 when left out.",
    },
  },
  json: true,
  examples: [
    { line: "floom mcp probe https://example.com/mcp", does: "See what a server would give an agent." },
    {
      line: "floom mcp probe node --stdio server.mjs --json",
      does: "The same of a program on this machine, with all schemas.",
    },
  ],
});
