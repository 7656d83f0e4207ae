import type { Requirement } from "../requirements.ts";

const source = "docs/explanation/quotas.md";

export const requirements: Requirement[] = [
  {
    id: "quotas:things:refused-beyond",
    promise:
      "A worker or a trigger beyond the workspace's quota is refused, and what is there goes on working.",
    source,
  },
  {
    id: "quotas:starts:refused-beyond",
    promise:
      "A start beyond the day's quota is refused with the time until the next day; a repeat of one that was started is not counted again.",
    source,
  },
  {
    id: "quotas:set:owner-of-the-server",
    promise: "Quotas are set by whoever holds the token of the server's owner, and by nobody else.",
    source,
  },
];
