import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of memories and rules. */
export const memoryProblems = {
  learning_changed: kind(
    409,
    "Somebody has decided about this learning already",
    "List the worker's learnings again.",
  ),
  too_much_feedback: kind(
    409,
    "The worker has all the rules that it may have",
    "Resolve those that are not needed any more, or put two into one.",
  ),
} as const satisfies Record<string, ProblemKind>;
