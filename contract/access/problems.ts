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
  people_only: kind(403, "Only people may decide this", "Sign in as a member who may decide approvals."),
  account_only: kind(403, "Only an account may do this", "Sign in, or use a token of your own account."),
  maker_only: kind(
    403,
    "Only whoever made the worker may do this",
    "Ask its maker, or an admin of the workspace.",
  ),
  last_owner: kind(409, "A workspace needs an owner", "Make another member an owner first."),
  already_member: kind(409, "They are in the workspace already", "Change their role instead."),
  too_many_members: kind(409, "The workspace is full", "Remove members or invitations first."),
  too_many_workspaces: kind(409, "You are in too many workspaces", "Leave or delete one first."),
  invitation_invalid: kind(
    404,
    "The invitation cannot be taken up",
    "Sign in with the address it was sent to, or ask for a new one.",
  ),
  owner_only: kind(403, "Only the owner may do this", "Use the owner's token, or sign in as the owner."),
  workspace_being_deleted: retryable(
    kind(
      409,
      "The workspace is being deleted",
      "Wait until everything in it is gone; then the owner's token makes a new, empty one.",
    ),
  ),
} as const satisfies Record<string, ProblemKind>;
