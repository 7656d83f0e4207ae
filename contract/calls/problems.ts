import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of runs that start runs. */
export const callProblems = {
  call_refused: kind(
    409,
    "The call to another worker is not allowed",
    "The detail names the rule: the list `calls` in worker.yml, depth, number of calls, a cycle, or a dry run.",
  ),
} as const satisfies Record<string, ProblemKind>;
