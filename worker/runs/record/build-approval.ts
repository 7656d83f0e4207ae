import type { ApprovalRecord } from "#contract/approvals/approval";
import { toWireWorker } from "#contract/floom-wire";
import type { ApprovalTrail, Artifact } from "#contract/runs/run";
import { toIso, toIsoOrNull } from "../../platform/clock.ts";
import type { Hold } from "../lifecycle/hold-state.ts";
import type { RunSpec } from "../spec/run-spec.ts";

/** The whole of what is asked, what was said, and what came of it. Pure. */
export function buildApproval(spec: RunSpec, hold: Hold, artifacts: readonly Artifact[]): ApprovalRecord {
  const { verdict } = hold;
  const edited = verdict?.edited_output ?? null;
  return {
    id: hold.approval_id,
    run_id: spec.run_id,
    ...toWireWorker({ name: spec.worker_name, title: spec.worker_title }),
    status: verdict?.status ?? "pending",
    label: hold.label,
    preview: hold.preview,
    preview_type: hold.preview_type,
    preview_payload: hold.preview_payload,
    type: hold.preview_type,
    outputs: hold.outcome.outputs ?? {},
    artifacts: [...artifacts],
    created_at: toIso(hold.since),
    expires_at: toIso(hold.expires_at),
    decided_at: toIsoOrNull(verdict?.at ?? null),
    on_expiry: hold.on_expiry,
    approvers_needed: hold.approvers_needed,
    reason: verdict?.reason ?? null,
    edited_output: edited,
    edited_output_json: edited === null ? null : JSON.stringify(edited),
    annotations: verdict?.annotations ?? null,
    follow_up_run_id: verdict?.follow_up_run_id ?? null,
    owner_id: spec.workspace_id,
    inputs: spec.given_inputs,
    decision_input_json: JSON.stringify(spec.given_inputs),
    requested_by: hold.requester,
    not_by_requester: hold.not_by_requester,
    decide_in_client: hold.decide_in_client ?? false,
    votes: hold.votes.map(({ at, edited_output, annotations, ...vote }) => ({
      ...vote,
      edited_output,
      annotations: annotations ?? null,
      voted_at: toIso(at),
    })),
    kind: hold.kind,
    key: hold.key,
    has_link: hold.link_token !== null,
    in_place: hold.in_place !== undefined,
  };
}

/** An approval as it is kept: without the texts that say once more what its members say. Pure. */
export function packApproval(approval: ApprovalRecord): ApprovalRecord {
  return { ...approval, decision_input_json: "", edited_output_json: null };
}

/** An approval as it was before it was kept. Pure. */
export function unpackApproval(kept: ApprovalRecord): ApprovalRecord {
  const { edited_output: edited } = kept;
  return {
    ...kept,
    decision_input_json: JSON.stringify(kept.inputs),
    edited_output_json: edited === null ? null : JSON.stringify(edited),
  };
}

/** Where people decide with a review link. */
export function reviewLink(origin: string, approvalId: string, token: string): string {
  return `${origin}/approvals/review?id=${approvalId}&token=${token}`;
}

/** The part of a run's record that tells what it asked; null for a run that asked nothing. Pure. */
export function buildTrail(spec: RunSpec, hold: Hold | null): ApprovalTrail | null {
  if (hold === null) return null;
  const { verdict, link_token: token } = hold;
  return {
    id: hold.approval_id,
    status: verdict?.status ?? "pending",
    kind: hold.kind,
    label: hold.label,
    preview: hold.preview,
    created_at: toIso(hold.since),
    expires_at: toIso(hold.expires_at),
    decided_at: toIsoOrNull(verdict?.at ?? null),
    reason: verdict?.reason ?? null,
    follow_up_run_id: verdict?.follow_up_run_id ?? null,
    decide_in_client: hold.decide_in_client ?? false,
    link: token === null || verdict !== null ? null : reviewLink(spec.api_url, hold.approval_id, token),
  };
}
