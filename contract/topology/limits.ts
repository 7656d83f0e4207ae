import type { Limit } from "../limit.ts";

/** How much a picture of who calls what is made of. */
export const topologyLimits = {
  topology_records: {
    value: 2000,
    unit: "items",
    what: "the newest runs, and the newest calls on record, that a topology is made of",
  },
  topology_edges: { value: 2000, unit: "items", what: "the connections that one topology shows" },
} as const satisfies Record<string, Limit>;
