import type { Requirement } from "../requirements.ts";

export const requirements: Requirement[] = [
  {
    id: "webhooks:signature:standard-vectors",
    promise: "The published vectors of Standard Webhooks verify.",
    source: "Issue B, must show",
  },
  {
    id: "webhooks:signature:one-bit-off",
    promise: "A signature or a body that is one bit off does not verify, under any scheme.",
    source: "Issue B, must show",
  },
  {
    id: "webhooks:signature:old-timestamp",
    promise: "A signature over an old time does not verify.",
    source: "Issue B, must show",
  },
  {
    id: "webhooks:event:file",
    promise: "A script finds the whole webhook, headers and raw body, in the file that FLOOM_EVENT names.",
    source: "Issue B, point 6",
  },
];
