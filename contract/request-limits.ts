import { KIB, MIB } from "./limit.ts";
import type { Limit } from "./limit.ts";

/** The limits that any request can meet. */
export const requestLimits = {
  json_body_bytes: { value: 256 * KIB, unit: "bytes", what: "a JSON request body" },
  page_items: { value: 200, unit: "items", what: "one page of a list" },
  list_offset_items: { value: 1000, unit: "items", what: "how many runs a list may leave out by `offset`" },
  idempotency_seconds: { value: 86_400, unit: "seconds", what: "how long an idempotency key is remembered" },
  upload_bytes: { value: 25 * MIB, unit: "bytes", what: "one uploaded file" },
} as const satisfies Record<string, Limit>;
