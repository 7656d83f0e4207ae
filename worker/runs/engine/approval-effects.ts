import type { ApprovalId, RunId } from "#contract/ids";
import { buildFailure } from "#contract/runs/run-failure";
import type { Artifact } from "#contract/runs/run";
import type { Question } from "./question.ts";
import type { ApprovalRecord } from "#contract/approvals/approval";
import { buildApproval } from "../record/build-approval.ts";
import { buildFollowUp } from "../spec/follow-up.ts";
import type { Hold } from "../lifecycle/hold-state.ts";
import type { RunState } from "../lifecycle/run-state.ts";
import type { InPlaceQuestion } from "../record/run-replies.ts";
import type { RunRecord } from "../record/run-storage.ts";
import type { AdmitRequest, QueueApi } from "../../queue/queue-api.ts";
import { buildConcurrency } from "../spec/build-concurrency.ts";
import type { RunOutcome } from "../lifecycle/run-outcome.ts";
import { spendEndsAt } from "../lifecycle/sandbox-cost.ts";
import { edgeProgramOf } from "../spec/edge-program.ts";
import type { RunSpec } from "../spec/run-spec.ts";

/** What a run's engine touches for the sake of approvals. */
export interface WaitDeps {
  newApprovalId: (nowMs: number) => ApprovalId;
  newRunId: (nowMs: number) => RunId;
  /** Token of the review link of an approval. */
  signReview: (approval: { id: string; run_id: string; expires_at: number }) => Promise<string>;
  /** Writes the approval's row for the inbox; answers the rows that cost. */
  putApproval: (approval: ApprovalRecord) => Promise<number>;
  /** The queue that takes the follow-up run, by the worker's uid. */
  queue: (workerId: RunSpec["worker_id"]) => Pick<QueueApi<RunSpec>, "admit" | "forbid">;
  /** Does the record of the run that asked name `followUpRunId` as the one that may act? */
  authorizes: (approval: { id: string; run_id: string }, followUpRunId: string) => Promise<boolean>;
}

/** Is this run the follow-up that an approval's record names? Its inputs and its trigger prove nothing. */
export async function isApproved(deps: WaitDeps, spec: RunSpec): Promise<boolean> {
  return spec.approval !== null && (await deps.authorizes(spec.approval, spec.run_id));
}

/** What the run waits for from now on; what is to be approved must be small enough to be shown whole. */
export async function buildHold(
  deps: WaitDeps,
  asked: { spec: RunSpec; ask: Question; outcome: RunOutcome; now: number },
): Promise<Hold | RunOutcome> {
  const { spec, outcome, now } = asked;
  const { lasts_ms, ...ask } = asked.ask;
  if (ask.kind === "approval" && outcome.outputs === null) {
    const failure = buildFailure(
      "output_too_large",
      "What is to be approved is larger than 128 KiB; write large results to a file output.",
    );
    return { ...outcome, status: "failed", failure };
  }
  const rule = ask.kind === "approval" ? spec.approvals : null;
  const approval = { id: deps.newApprovalId(now), run_id: spec.run_id, expires_at: now + lasts_ms };
  const single = !rule?.not_by_requester && (rule?.approvers_needed ?? 1) === 1;
  return {
    ...ask,
    approval_id: approval.id,
    link_token: rule && single ? await deps.signReview(approval) : null,
    requester: spec.requester,
    co_requesters: spec.co_requesters,
    since: now,
    expires_at: approval.expires_at,
    on_expiry: rule?.on_expiry ?? "reject",
    not_by_requester: rule?.not_by_requester ?? false,
    approvers_needed: rule?.approvers_needed ?? 1,
    ...(single && rule?.decide_in_client === true ? { decide_in_client: true } : {}),
    parked: false,
    outcome,
    votes: [],
    verdict: null,
  };
}

/** The question about a call in the middle of an attempt, which nobody waits for after `until`, epoch milliseconds. */
export async function buildInPlace(
  deps: Pick<WaitDeps, "newApprovalId" | "signReview">,
  { spec, asked, until, now }: { spec: RunSpec; asked: InPlaceQuestion; until: number; now: number },
): Promise<Hold> {
  const { rule } = asked;
  const id = deps.newApprovalId(now);
  const expires_at = Math.min(now + rule.expires_ms, until);
  const isCutShort = expires_at < now + rule.expires_ms;
  const single = !rule.not_by_requester && rule.approvers_needed === 1;
  return {
    kind: "approval",
    approval_id: id,
    label: asked.label,
    preview: asked.preview,
    preview_type: "call",
    preview_payload: asked.preview_payload,
    key: null,
    link_token: single ? await deps.signReview({ id, run_id: spec.run_id, expires_at }) : null,
    requester: spec.requester,
    co_requesters: spec.co_requesters,
    since: now,
    expires_at,
    // That a script has no more time is nobody's consent.
    on_expiry: isCutShort ? "reject" : rule.on_expiry,
    not_by_requester: rule.not_by_requester,
    approvers_needed: rule.approvers_needed,
    ...(single && rule.decide_in_client === true ? { decide_in_client: true } : {}),
    in_place: { call_id: asked.call_id },
    parked: true,
    outcome: { status: "completed", failure: null, outputs: asked.proposed },
    votes: [],
    verdict: null,
  };
}

/** So long before its end a script hears that nobody has answered, and can still say so. */
const LAST_WORD_MS = 5000;

/**
 * Until when a script that asks people in the middle of an attempt can be answered, epoch milliseconds: it waits in its
 * sandbox, where its time runs on, and what that may cost. Infinity for what the edge carries out, whose wait is none of its time.
 */
export function scriptAsksUntil({ spec, state }: Pick<RunRecord, "spec" | "state">): number {
  if (edgeProgramOf(spec) !== null) return Infinity;
  const since = state.attempt_started_at ?? state.phase_since;
  return Math.min(since + spec.timeout_seconds * 1000, spendEndsAt(state)) - LAST_WORD_MS;
}

/** The question that was asked about a call of the current attempt; null where there was none. */
export function findAsked({ hold, answered }: RunState, callId: string): ApprovalId | null {
  if (hold?.in_place?.call_id === callId) return hold.approval_id;
  return answered.find(({ call_id }) => call_id === callId)?.approval_id ?? null;
}

/** Brings the approval's row for the inbox up to date. */
export async function putApproval(
  deps: WaitDeps,
  { spec, state }: RunRecord,
  artifacts: readonly Artifact[],
): Promise<number> {
  return state.hold ? deps.putApproval(buildApproval(spec, state.hold, artifacts)) : 0;
}

/**
 * Puts the follow-up run into the queue. Repeatable: run id and key were written down with the verdict, so a repeat
 * finds the run there. Throws when the queue takes it not now.
 */
export async function admitFollowUp(
  deps: WaitDeps,
  { record, artifacts }: { record: RunRecord; artifacts: readonly Artifact[] },
  now: number,
): Promise<void> {
  const { spec, state } = record;
  const { hold } = state;
  const followUpId = hold?.verdict?.follow_up_run_id ?? null;
  if (!hold?.verdict || followUpId === null) return;
  const verdict = { ...hold.verdict, follow_up_run_id: followUpId };
  const followUp = buildFollowUp(spec, { hold: { ...hold, verdict }, artifacts }, now);
  const request = await buildAdmission(followUp, followUpKey(hold));
  const reply = await deps.queue(followUp.worker_id).admit(request);
  if (reply.kind !== "admitted" && reply.kind !== "repeat")
    throw new Error(`The queue did not take the follow-up run: ${reply.kind}`);
}

/** One follow-up run for each question, however often it is offered to the queue. */
function followUpKey(hold: Hold): string {
  return `approval:${hold.approval_id}`;
}

/**
 * Sees to it that the follow-up run does not happen: its key starts nothing any more. Answers the run that is in the
 * queue already and must be cancelled there; null when there is none.
 */
export async function forbidFollowUp(deps: WaitDeps, { spec, state }: RunRecord): Promise<string | null> {
  const { hold } = state;
  const followUpId = hold?.verdict?.follow_up_run_id ?? null;
  if (!hold || followUpId === null) return null;
  const claim = { key: followUpKey(hold), digest: followUpId };
  const use = await deps.queue(spec.worker_id).forbid(claim, followUpId);
  return use.kind === "repeat" ? use.run_id : null;
}

/** What was decided must not be dropped because the worker is busy, nor drive another run out: it waits for its turn. */
async function buildAdmission(run: RunSpec, key: string): Promise<AdmitRequest<RunSpec>> {
  const declared = await buildConcurrency(run.concurrency, run.inputs);
  return {
    run,
    idempotency: { key, digest: run.run_id },
    concurrency: { ...declared, on_conflict: "queue" },
  };
}
