import { KIB } from "../limit.ts";
import type { Limit } from "../limit.ts";

/** The limits of worker.yml. */
export const manifestLimits = {
  manifest_bytes: { value: 256 * KIB, unit: "bytes", what: "worker.yml" },
  action_schema_bytes: {
    value: 96 * KIB,
    unit: "bytes",
    what: "what a JavaScript function takes and gives, as JSON Schema",
  },
} as const satisfies Record<string, Limit>;
