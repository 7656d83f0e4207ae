import { KIB } from "../limit.ts";
import type { Limit } from "../limit.ts";

/** The limits of worker.yml. */
export const manifestLimits = {
  manifest_bytes: { value: 256 * KIB, unit: "bytes", what: "worker.yml" },
  openapi_bytes: { value: 2048 * KIB, unit: "bytes", what: "an OpenAPI document that is fetched" },
} as const satisfies Record<string, Limit>;
