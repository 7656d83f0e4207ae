import type { Limit } from "../limit.ts";

/** How long a workspace keeps what has ended; between these it sets the time itself. */
export const retentionLimits = {
  retention_days_default: {
    value: 90,
    unit: "days",
    what: "how long ended runs are kept, unless the workspace sets another time",
  },
  // A run must be there as long as an idempotency key may name it.
  retention_days_least: {
    value: 1,
    unit: "days",
    what: "the shortest time for which ended runs can be kept",
  },
  retention_days_most: {
    value: 3650,
    unit: "days",
    what: "the longest time for which ended runs can be kept, besides for ever",
  },
} as const satisfies Record<string, Limit>;
