import { KIB, MIB } from "../limit.ts";
import type { Limit } from "../limit.ts";

/** The limits of webhooks. */
export const hookLimits = {
  webhook_body_bytes: { value: MIB, unit: "bytes", what: "the body of a webhook" },
  webhook_tolerance_seconds: {
    value: 300,
    unit: "seconds",
    what: "how old a signed webhook may be when the trigger does not say",
  },
  webhook_wait_seconds: { value: 25, unit: "seconds", what: "how long a webhook is held for its run's end" },
  receipt_seconds: {
    value: 604_800,
    unit: "seconds",
    what: "how long a webhook is kept, and its id remembered",
  },
  same_body_seconds: {
    value: 300,
    unit: "seconds",
    what: "how long a webhook without an id counts as the one before with the same body",
  },
  secret_overlap_seconds: {
    value: 86_400,
    unit: "seconds",
    what: "how long the old secret of a webhook stays good when nothing else is asked for",
  },
  inbox_items: { value: 10_000, unit: "items", what: "webhooks kept for one worker; the oldest go first" },
  inbox_bytes: {
    value: 64 * MIB,
    unit: "bytes",
    what: "the bodies of webhooks kept for one worker; the oldest go first",
  },
  inbox_body_bytes: {
    value: 64 * KIB,
    unit: "bytes",
    what: "a webhook's body kept with its record; a larger one is stored beside it",
  },
  inbox_unsigned_items: {
    value: 100,
    unit: "items",
    what: "webhooks with a bad signature kept for one trigger",
  },
  redeliver_items: { value: 100, unit: "items", what: "webhooks sent once more by one request" },
} as const satisfies Record<string, Limit>;
