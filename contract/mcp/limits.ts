import type { Limit } from "../limit.ts";

/** What clients of MCP meet. */
export const mcpLimits = {
  mcp_listed_tools: {
    value: 100,
    unit: "items",
    what: "tools of workers in a list of tools; where there are more, one tool searches them",
  },
} as const satisfies Record<string, Limit>;
