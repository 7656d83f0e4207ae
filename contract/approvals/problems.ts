import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of approvals. */
export const approvalProblems = {
  run_not_pending: kind(409, "The run is not awaiting approval", "Read the run's status."),
  approval_decided: kind(
    409,
    "The approval has been decided",
    "The first decision stands; the detail says which it was.",
  ),
  approval_expired: kind(409, "The approval has expired", "Start the run again to be asked again."),
  approval_voted: kind(409, "You have voted on this already", "Somebody else must approve as well."),
  approval_own_request: kind(
    403,
    "Who started the run may not decide on it",
    "Ask somebody else: worker.yml says approvals.not_by_requester.",
  ),
  edits_not_allowed: kind(
    409,
    "This approval cannot be edited",
    "Approve it as it is, or reject it: several approvers must see the same thing.",
  ),
  decision_too_large: kind(
    413,
    "The decision is too large to be kept with what it decides on",
    "Shorten the edits or the annotations, or put large things into a file.",
  ),
  review_link_invalid: kind(
    401,
    "Invalid or expired approval link",
    "Ask for a new link, or sign in and decide there.",
  ),
} as const satisfies Record<string, ProblemKind>;
