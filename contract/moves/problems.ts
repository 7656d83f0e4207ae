import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of moving a whole workspace. */
export const moveProblems = {
  invalid_archive: kind(
    422,
    "This is no archive of a workspace",
    "Send the file that `floom workspaces export` has written, whole and unchanged.",
  ),
  workspace_too_large: kind(
    409,
    "The workspace does not fit into one archive",
    "Ask for fewer versions, or leave out the runs.",
  ),
  import_replaced: kind(
    404,
    "The import cannot go on",
    "Its archive was replaced by another one or has waited too long. Send it again: what was taken over is found and skipped.",
  ),
} as const satisfies Record<string, ProblemKind>;
