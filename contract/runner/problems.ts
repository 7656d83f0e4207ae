import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of what the runner sends. */
export const runnerProblems = {
  stale_attempt: kind(
    409,
    "Another attempt has taken over",
    "Nothing: the platform moved the run to a new sandbox.",
  ),
} as const satisfies Record<string, ProblemKind>;
