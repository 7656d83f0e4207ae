import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of councils. */
export const councilProblems = {
  no_council: kind(
    409,
    "The run has no council",
    "Name a run of a worker with exec.mode council; one that waits for its turn has not begun yet.",
  ),
  council_full: kind(
    409,
    "The council has had as many messages as it takes",
    "Stop it, or wait for its end; the detail names the limit.",
  ),
} as const satisfies Record<string, ProblemKind>;
