import { kind, retryable } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of who may what. */
export const accessProblems = {
  unauthenticated: kind(
    401,
    "Sign in first",
    "Send `Authorization: Bearer <token>`; locally the token is in .floom/token.",
  ),
  insufficient_scope: kind(403, "The token may not do this", "Use a token with the scope the detail names."),
  owner_only: kind(403, "Only the owner may do this", "Use the token of the workspace's owner."),
  workspace_being_deleted: retryable(
    kind(
      409,
      "The workspace is being deleted",
      "Wait until everything in it is gone; then the owner's token makes a new, empty one.",
    ),
  ),
} as const satisfies Record<string, ProblemKind>;
