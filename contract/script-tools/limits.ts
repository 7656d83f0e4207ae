import type { Limit } from "../limit.ts";

/** The limits of what scripts do by their run's token. */
export const scriptToolLimits = {
  script_calls: {
    value: 1000,
    unit: "items",
    what: "calls of tools that a script may make in one attempt; further ones are denied and not on record",
  },
  composio_hold_seconds: {
    value: 25,
    unit: "seconds",
    what: "how long `composio-execute` waits for a person before it answers that one is asked",
  },
} as const satisfies Record<string, Limit>;
