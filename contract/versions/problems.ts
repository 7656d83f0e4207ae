import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of a worker's versions. */
export const versionProblems = {
  version_conflict: kind(
    409,
    "Somebody pushed in between",
    "Pull the newest version, merge, and push again.",
  ),
  activation_refused: kind(
    409,
    "Activating this version would undo a safeguard",
    "Each entry of errors names a guard; send its name in `force` to set it aside.",
  ),
} as const satisfies Record<string, ProblemKind>;
