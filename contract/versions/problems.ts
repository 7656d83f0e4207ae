import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of a worker's versions. */
export const versionProblems = {
  version_conflict: kind(
    409,
    "Somebody pushed in between",
    "Pull the newest version, merge, and push again.",
  ),
  version_not_released: kind(
    409,
    "The version may not run",
    "Have an owner or admin review and promote it, or use another version.",
  ),
  signature_invalid: kind(
    409,
    "The version is not what was let in",
    "Push the worker again; ask whoever runs the server what has changed the version's record.",
  ),
  activation_refused: kind(
    409,
    "Activating this version would undo a safeguard",
    "Each entry of errors names a guard; send its name in `force` to set it aside.",
  ),
} as const satisfies Record<string, ProblemKind>;
