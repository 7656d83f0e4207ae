import { KIB } from "../limit.ts";
import type { Limit } from "../limit.ts";

/** What clients of MCP meet. */
export const mcpLimits = {
  mcp_listed_tools: {
    value: 100,
    unit: "items",
    what: "tools of workers in a list of tools; where there are more, one tool searches them",
  },
  mcp_shown_files_bytes: {
    value: 512 * KIB,
    unit: "bytes",
    what: "pictures, sounds and texts of a run that a tool's result shows as they are, together",
  },
  mcp_shown_text_bytes: {
    value: 16 * KIB,
    unit: "bytes",
    what: "a text file of a run that a tool's result shows as it is; a larger one is named by its address",
  },
  mcp_listen_seconds: {
    value: 300,
    unit: "seconds",
    what: "that a client is told of changes by one request; then it asks anew",
  },
} as const satisfies Record<string, Limit>;
