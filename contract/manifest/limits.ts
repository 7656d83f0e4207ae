import { KIB } from "../limit.ts";
import type { Limit } from "../limit.ts";

/** The limits of worker.yml. */
export const manifestLimits = {
  manifest_bytes: { value: 256 * KIB, unit: "bytes", what: "worker.yml" },
} as const satisfies Record<string, Limit>;
