import type { Requirement } from "../requirements.ts";

const SOURCE = "docs/decisions/0056-connections-keep-their-own-credentials.md";

/** Servers and apps of others that workers use. */
export const requirements: Requirement[] = [
  [
    "connections:mcp:real-servers",
    "Servers of today's MCP SDK and of the older one, over streamable HTTP and SSE, are listed and called.",
  ],
  [
    "connections:tools:pinned",
    "A tool that is another than the one a person accepted is not called until somebody accepts it again, as it was read.",
  ],
  [
    "connections:tools:filtered",
    "Only tools that allowed_tools and scope let through are called; a disabled connection calls none.",
  ],
  [
    "connections:tools:names",
    "A tool's full name has at most 64 characters that every model takes, and is unique in its connection.",
  ],
  [
    "connections:tools:claims",
    "A tool counts as reading only once a person has accepted it with that claim.",
  ],
  ["connections:answers:bounded", "What a server answers is bounded, and what was left out is said."],
  [
    "connections:health:half-open",
    "No failed test or call takes a connection out of use: the next call is tried.",
  ],
  [
    "connections:health:watched",
    "A connection that is used is looked at by itself, and those whose workers declare it are told, once, that it cannot be used.",
  ],
  [
    "connections:credentials:sealed",
    "Tokens, codes and verifiers are stored sealed alone, and are in no answer and no log.",
  ],
  [
    "connections:dial:guarded",
    "Every address is judged before it is dialled, whoever named it, and redirects are not followed.",
  ],
  [
    "connections:http:bound",
    "A plain HTTP connection is called below its base address alone, and its answer does not repeat the credential.",
  ],
  [
    "connections:oauth:flow",
    "A person signs in by OAuth with discovery, PKCE and resource; the object may die at any point between.",
  ],
  [
    "connections:oauth:state-once",
    "A return from a sign-in is good once, for ten minutes, for whoever began, and for the issuer that was asked.",
  ],
  ["connections:oauth:single-flight", "Any number of calls that find a token old renew it once."],
  [
    "connections:oauth:only-invalid-grant-is-final",
    "Only invalid_grant ends a sign-in; any other failure of a renewal passes.",
  ],
  [
    "connections:oauth:client",
    "Floom's client metadata document is its client id where a server takes such ids; elsewhere a client is registered.",
  ],
  ["connections:rooms:own", "Nobody sees or uses a connection of another workspace, or of another person."],
  [
    "connections:composio:api",
    "Apps are signed in to, listed and called by Composio's API; without a key that is refused, and said.",
  ],
  [
    "connections:composio:read-only",
    "A read_only app is called by its preset and by verbs that read alone; refusals have codes of their own.",
  ],
  [
    "connections:cli:commands",
    "Connections are added, listed, tested, accepted and removed at a terminal, and no tool is accepted unasked.",
  ],
  [
    "connections:gate:driver",
    "A connection's tools are a driver of the gate: what a person is shown is what is sent, and no credential passes through it.",
  ],
  [
    "connections:worker:missing-refused",
    "A worker whose declared connection is not there is warned of at push and refused at start.",
  ],
].map(([id = "", promise = ""]) => ({ id, promise, source: SOURCE }));
