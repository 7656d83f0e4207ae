import { KIB } from "../limit.ts";
import type { Limit } from "../limit.ts";

/** The limits of the record of changes. */
export const auditLimits = {
  audit_days: { value: 400, unit: "days", what: "how long the record of a change is kept" },
  audit_detail_bytes: {
    value: 4 * KIB,
    unit: "bytes",
    what: "what is kept of the body of a request that changed something",
  },
  audit_call_bytes: {
    value: 8 * KIB,
    unit: "bytes",
    what: "what is kept of a call's parameters, and of its request; of longer ones a beginning and a digest are",
  },
  audit_stream_seconds: {
    value: 300,
    unit: "seconds",
    what: "how long one live stream of the record of changes is open; a reader opens the next one where it was",
  },
} as const satisfies Record<string, Limit>;
