import { KIB } from "../limit.ts";
import type { Limit } from "../limit.ts";

/** The limits of approvals. */
export const approvalLimits = {
  approval_seconds: {
    value: 604_800,
    unit: "seconds",
    what: "how long an approval waits for a decision when the manifest does not say",
  },
  approval_most_seconds: {
    value: 2_592_000,
    unit: "seconds",
    what: "how long an approval, or a wait for something outside, may last",
  },
  approval_key_characters: { value: 200, unit: "characters", what: "the key of await_external" },
  approvals_at_once_items: { value: 100, unit: "items", what: "approvals decided by one request" },
  annotations_bytes: { value: 256 * KIB, unit: "bytes", what: "the annotations of one decision as JSON" },
  annotation_characters: { value: 8000, unit: "characters", what: "one text of a decision" },
  decision_body_bytes: { value: 512 * KIB, unit: "bytes", what: "the body of a decision" },
} as const satisfies Record<string, Limit>;
