import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of what the runner sends. */
export const runnerProblems = {
  stale_attempt: kind(
    409,
    "Another attempt has taken over",
    "Nothing: the platform moved the run to a new sandbox.",
  ),
  secret_in_file: kind(
    422,
    "A file of the run holds the value of a secret",
    "Write secrets to no output and no artifact: whoever may see the run may download them.",
  ),
} as const satisfies Record<string, ProblemKind>;
