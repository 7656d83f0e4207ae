import type { Requirement } from "../requirements.ts";

const SOURCE =
  "Issue A, point 3 and 'Must show': the official e2b 2.51 SDK passes from Node and from workerd";

/** What the local sandbox server promises to the official, unmodified E2B SDK. */
export const requirements: Requirement[] = [
  {
    id: "conformance:e2b:sandboxes",
    promise:
      "Create, connect, list (metadata, state, paging), kill, timeout, pause and resume, info and metrics work.",
    source: SOURCE,
  },
  {
    id: "conformance:e2b:commands",
    promise:
      "Commands run in foreground and background, connect, list, kill and take input, with time-outs and exit codes.",
    source: SOURCE,
  },
  {
    id: "conformance:e2b:files",
    promise: "Files are read and written (one, many, stream), listed, found, described, removed and renamed.",
    source: SOURCE,
  },
  {
    id: "conformance:e2b:watch",
    promise: "A watched directory tells creation, writing, renaming, removal and changed permissions apart.",
    source: SOURCE,
  },
  {
    id: "conformance:e2b:signed-urls",
    promise: "Signed upload and download URLs work without a token and only for what was signed.",
    source: SOURCE,
  },
  { id: "conformance:e2b:git", promise: "The SDK's git helpers work inside the sandbox.", source: SOURCE },
  {
    id: "conformance:e2b:network",
    promise:
      "Network options and updateNetwork decide what leaves the sandbox; internet off lets nothing out.",
    source: SOURCE,
  },
  {
    id: "conformance:e2b:templates",
    promise:
      "The SDK's template builder makes templates, whose packages, variables and start command sandboxes have.",
    source: "issue F, point 9",
  },
  {
    id: "conformance:e2b:refusals",
    promise: "Pseudo-terminals and snapshots are answered 501 with a reason.",
    source: "Issue A, point 3: PTY and snapshots: 501 with a reason",
  },
  {
    id: "conformance:e2b:parity",
    promise:
      "A local sandbox gives scripts and the SDK what E2B's gives, but for the differences that the docs name.",
    source: "Issue on parity with E2B: npm run parity ends with 0 differ",
  },
  {
    id: "conformance:agent:replay",
    promise: "A command's output and exit code can be fetched by a client that lost its stream.",
    source: "Issue A, point 3: kill -9 of the server loses nothing (reattach)",
  },
  {
    id: "conformance:agent:flood",
    promise: "200 MB of output pass a slow reader without loss and without growing the agent.",
    source: "Issue A, bad input: 200 MB of stdout, a million one-byte lines, invalid UTF-8",
  },
  {
    id: "conformance:agent:limits",
    promise: "Memory and inodes of all processes together are limited, and the reason is told.",
    source: "Issue A, point 3: rlimits and sized tmpfs; reference sheet, limits",
  },
  {
    id: "conformance:agent:deadline",
    promise: "The agent ends its own sandbox when the deadline has passed and no host does.",
    source: "Issue A, point 3: deadlines enforced by the agent itself",
  },
  {
    id: "conformance:agent:stays-awake",
    promise: "User code cannot stop, slow down or end by accident the agent that holds its limits.",
    source: "Reference sheet section 7: memory and file bombs are held by the agent's guards",
  },
  {
    id: "conformance:mcp:server",
    promise:
      "The public conformance suite of MCP finds no fault with /mcp in either era, in all that applies to a server without sessions.",
    source: "docs/how-to/connect-clients.md",
  },
  {
    id: "conformance:mcp:protocol",
    promise:
      "Where the suite looks for tools, resources and prompts by names of its own, it finds no fault with how these are served.",
    source: "docs/how-to/connect-clients.md",
  },
];
