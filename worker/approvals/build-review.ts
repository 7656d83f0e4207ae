import { publicApprovalSchema } from "#contract/approvals/approval";
import type { ApprovalRecord, PublicApproval } from "#contract/approvals/approval";

/**
 * What a review link shows. A link travels by mail and chat and lies there for long: once it has served, it tells what
 * was decided, when and by whom, and nothing of what it was about. Pure.
 */
export function buildReview(record: ApprovalRecord): PublicApproval {
  if (record.status === "pending") return publicApprovalSchema.parse({ ...record, decided_by: null });
  const decision = {
    preview: null,
    preview_type: null,
    preview_payload: null,
    type: null,
    outputs: {},
    artifacts: [],
    edited_output: null,
    annotations: null,
    decided_by: record.votes.at(-1)?.principal ?? null,
  };
  return publicApprovalSchema.parse({ ...record, ...decision });
}
