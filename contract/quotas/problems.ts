import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals for the sake of a workspace's quotas. */
export const quotaProblems = {
  quota_exceeded: kind(
    429,
    "A quota of the workspace is used up",
    "Delete what is not needed any more, or have the server's owner raise the quota that the detail names: PUT /api/admin/workspaces/{workspace}/quotas. Of a quota a day the next day helps; then Retry-After says when that begins.",
  ),
} as const satisfies Record<string, ProblemKind>;
