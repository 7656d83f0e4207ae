import type { Limit } from "../limit.ts";

/** What a workspace may have unless the server's owner has set another quota for it. */
export const quotaLimits = {
  workspace_workers: {
    value: 2000,
    unit: "items",
    what: "the workers of a workspace, unless its quota is another",
  },
  workspace_triggers: {
    value: 4000,
    unit: "items",
    what: "the schedules and webhooks of a workspace, unless its quota is another",
  },
} as const satisfies Record<string, Limit>;
