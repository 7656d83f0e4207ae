import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of a worker's actions. */
export const actionProblems = {
  unknown_action: kind(
    404,
    "The worker has no such action",
    "The detail names those it has; GET /api/workers/{worker}/actions shows them.",
  ),
  action_required: kind(
    422,
    "The worker has several actions",
    "Say which: POST /api/workers/{worker}/actions/{action}/runs, or `action` in the body.",
  ),
} as const satisfies Record<string, ProblemKind>;
