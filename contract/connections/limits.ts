import { KIB } from "../limit.ts";
import type { Limit } from "../limit.ts";

/** The limits of connections. */
export const connectionLimits = {
  workspace_connections: { value: 200, unit: "items", what: "connections of a workspace" },
  connection_tools: { value: 500, unit: "items", what: "tools of a connection; further ones are left out" },
  connection_tool_bytes: {
    value: 64 * KIB,
    unit: "bytes",
    what: "a tool's description and input schema; a larger tool is left out",
  },
  connection_arguments_bytes: {
    value: 256 * KIB,
    unit: "bytes",
    what: "the arguments of a call over a connection",
  },
  connection_answer_bytes: {
    value: 256 * KIB,
    unit: "bytes",
    what: "what a call over a connection answers; the rest is cut off, and said to be",
  },
  connection_seconds: {
    value: 20,
    unit: "seconds",
    what: "reaching a connection's server, signing in there, or listing its tools",
  },
  connection_call_seconds: { value: 120, unit: "seconds", what: "one call over a connection" },
  connection_sign_in_seconds: {
    value: 600,
    unit: "seconds",
    what: "the sign-in at a connection's server, from its link to its return",
  },
} as const satisfies Record<string, Limit>;
