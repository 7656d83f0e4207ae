import { AppError } from "../platform/app-error.ts";
import type { ApprovalRecord } from "#contract/approvals/approval";
import type { DecideReply } from "../runs/record/run-replies.ts";

function describeDecision(approval: ApprovalRecord | null): string {
  if (!approval) return "Approval already decided.";
  const { status, decided_at, follow_up_run_id, reason } = approval;
  const followUp = follow_up_run_id === null ? "" : ` The follow-up run is ${follow_up_run_id}.`;
  const why = reason === null ? "" : ` Reason: ${reason}`;
  return `Approval already decided: ${status} at ${decided_at ?? ""}.${followUp}${why}`;
}

/** The problem that tells why a decision was not taken, with the state of things. Pure. */
export function refusalOf({ why, approval }: Extract<DecideReply, { kind: "refused" }>): AppError {
  switch (why) {
    case "run_not_pending":
      return new AppError(why, "Run is not awaiting approval.");
    case "approval_decided":
      return new AppError(why, describeDecision(approval));
    case "approval_expired":
      return new AppError(
        why,
        // One that nobody is asked for any more, such as the turn of a council that was stopped, ends before its time.
        `Approval expired at ${approval?.decided_at ?? approval?.expires_at ?? "its time"}; nothing was done.`,
      );
    case "approval_voted":
      return new AppError(
        why,
        `You have approved this already; ${approval?.approvers_needed ?? 2} different people must.`,
      );
    case "approval_own_request":
      return new AppError(why, "Who started the run may not approve it.");
    case "decision_too_large":
      return new AppError(
        why,
        "Edits and annotations are too large to be kept with what they decide on; shorten them.",
      );
    case "edits_not_allowed":
      return new AppError(why, "Where several people approve, nobody may edit what the others have seen.");
  }
}
