import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of work sessions. */
export const workSessionProblems = {
  session_ended: kind(409, "The session has ended", "Read its record; start a new one to go on."),
  session_full: kind(
    409,
    "There is no room for more",
    "The detail names the limit; delete sessions that nobody needs, or start a new one.",
  ),
  no_remote: kind(
    409,
    "The workspace has no remote to bring into line with",
    "Nothing was sent anywhere. Move what you want to keep by `floom workspaces export`.",
  ),
} as const satisfies Record<string, ProblemKind>;
