import { limits } from "#contract/limits";
import { buildFailure } from "#contract/runs/run-failure";
import type { Inputs } from "#contract/runs/run";
import type { RunnerResult } from "#contract/runner/runner";
import { readQuestion } from "./question.ts";
import type { QuestionReading } from "./question.ts";
import type { ApprovalRecord } from "#contract/approvals/approval";
import { buildApproval } from "../record/build-approval.ts";
import {
  admitFollowUp,
  buildHold,
  buildInPlace,
  findAsked,
  forbidFollowUp,
  isApproved,
  putApproval,
  scriptAsksUntil,
} from "./approval-effects.ts";
import type { WaitDeps } from "./approval-effects.ts";
import type { HoldVerdict, VoteRecord } from "../lifecycle/hold-state.ts";
import { refuseVote, stepHeld, withAnswer } from "../lifecycle/hold.ts";
import type { HoldInput } from "../lifecycle/hold.ts";
import type { RunOutcome } from "../lifecycle/run-outcome.ts";
import type { RunInput } from "../lifecycle/run-state.ts";
import type {
  DecideReply,
  DecisionRequest,
  ExternalAnswer,
  InPlaceQuestion,
  InPlaceReply,
  ResumeReply,
} from "../record/run-replies.ts";
import { hasRoomForAnswer, hasRoomToAsk } from "../record/room.ts";
import { isHeard } from "./attempt-intake.ts";
import type { LaunchTry, RunHandle } from "./run-handle.ts";
import type { RunSpec } from "../spec/run-spec.ts";
import { stampPhase } from "../spec/two-phase.ts";

const TOO_MUCH_TO_ASK =
  "What the run asks, together with its inputs, takes more room than can be kept; write large results to a file output.";

/** So often one attempt may ask: each answer takes room on the record. */
const MOST_ASKED = 200;

/**
 * A run's dealings with those who decide on it. It claims a decision in one step of the lifecycle, without waiting for
 * anything before that, so that of two decisions at the same moment one is the first.
 */
export class ApprovalWait {
  readonly #deps: WaitDeps;
  readonly #run: RunHandle;

  constructor(run: RunHandle) {
    this.#deps = run.deps.waits;
    this.#run = run;
  }

  /** The inputs that the run's script gets: what phase it is in is looked up, never believed. */
  async inputsFor(spec: RunSpec): Promise<Inputs> {
    if (!spec.approvals) return spec.inputs;
    const approved = await isApproved(this.#deps, spec);
    return stampPhase({ approvals: spec.approvals, inputs: spec.inputs }, approved);
  }

  /** What a result asks for, in the phase the run is in. */
  async readQuestion(spec: RunSpec, result: RunnerResult): Promise<QuestionReading> {
    const rule = spec.approvals && !(await isApproved(this.#deps, spec)) ? spec.approvals : null;
    return readQuestion(result, rule);
  }

  /** What follows from an outcome and from what the script asks: the end, or a wait. */
  async settled(attempt: number, outcome: RunOutcome, reading: QuestionReading): Promise<RunInput> {
    const record = this.#run.record;
    if (!record || outcome.failure || reading.kind === "none") return { type: "settled", attempt, outcome };
    if (reading.kind === "fault") {
      return {
        type: "settled",
        attempt,
        outcome: { ...outcome, status: "failed", failure: reading.failure },
      };
    }
    const asked = { spec: record.spec, ask: reading.ask, outcome, now: this.#run.deps.clock() };
    const hold = await buildHold(this.#deps, asked);
    if (!("approval_id" in hold)) return { type: "settled", attempt, outcome: hold };
    if (hasRoomToAsk({ ...record, state: { ...record.state, hold }, artifacts: this.#run.tally.artifacts }))
      return { type: "settled", attempt, outcome, hold };
    const failure = buildFailure("output_too_large", TOO_MUCH_TO_ASK);
    return { type: "settled", attempt, outcome: { ...outcome, status: "failed", failure } };
  }

  /** Would the run still fit with this answer? */
  #hasRoomFor(answer: HoldInput): boolean {
    const record = this.#run.record;
    if (!record) return true;
    const { state } = stepHeld(record.state, answer, this.#run.deps.clock());
    return hasRoomForAnswer({ ...record, state, artifacts: this.#run.tally.artifacts });
  }

  /**
   * The approval as it stands, expired if its time is over; of this id where one is said. Null where that is not the newest:
   * its row is final.
   */
  async current(id?: string): Promise<ApprovalRecord | null> {
    await this.lapseIfDue();
    const approval = this.#describe();
    return id === undefined || approval?.id === id ? approval : null;
  }

  /** Asks people in the middle of an attempt. The same call asks once. */
  async askInPlace(from: LaunchTry, asked: InPlaceQuestion): Promise<InPlaceReply> {
    const { record, deps } = this.#run;
    if (!record || !isHeard(this.#run, from)) return { kind: "over" };
    const known = findAsked(record.state, asked.call_id);
    if (known !== null) return { kind: "asked", approval_id: known };
    // Its first step may be quicker than the answer of its launch.
    const { phase, answered } = record.state;
    if (phase === "held" || phase === "launching") return { kind: "busy" };
    if (answered.length >= MOST_ASKED) return { kind: "full" };
    if (JSON.stringify(asked).length > limits.inline_outputs_bytes.value) return { kind: "too_large" };
    const until = scriptAsksUntil(record);
    if (until <= deps.clock()) return { kind: "late" };
    const hold = await buildInPlace(this.#deps, { spec: record.spec, asked, until, now: deps.clock() });
    const held = { ...record, state: { ...record.state, hold }, artifacts: this.#run.tally.artifacts };
    if (!hasRoomToAsk(held)) return { kind: "too_large" };
    await this.#run.dispatch({ type: "asked", attempt: from.attempt, hold });
    const id = findAsked(this.#run.record?.state ?? record.state, asked.call_id);
    return id === null ? { kind: "over" } : { kind: "asked", approval_id: id };
  }

  /** How a question in the middle of the attempt was answered; null while it is not. */
  async answerTo(approvalId: string): Promise<HoldVerdict | null> {
    await this.lapseIfDue();
    const { record } = this.#run;
    const all = record ? withAnswer(record.state) : [];
    return all.find((one) => one.approval_id === approvalId)?.verdict ?? null;
  }

  #describe(): ApprovalRecord | null {
    const record = this.#run.record;
    const hold = record?.state.hold;
    return record && hold ? buildApproval(record.spec, hold, this.#run.tally.artifacts) : null;
  }

  /** The time to decide may be over before the alarm has come. */
  async lapseIfDue(): Promise<void> {
    const now = this.#run.deps.clock();
    const state = this.#run.record?.state;
    if (state?.phase !== "held" || !state.hold || now < state.hold.expires_at) return;
    await this.#run.dispatch({ type: "lapsed", follow_up_run_id: this.#deps.newRunId(now) });
  }

  /** Takes one person's word. Answers once the follow-up run, if there is one, is in its queue or will be tried again. */
  async decide(request: DecisionRequest, id?: string): Promise<DecideReply> {
    await this.lapseIfDue();
    const now = this.#run.deps.clock();
    // One that was asked before: a word on it is none on what is asked now.
    if (id !== undefined && this.#run.record?.state.hold?.approval_id !== id)
      return { kind: "refused", why: "approval_decided", approval: null };
    const vote: VoteRecord = { ...request, at: now };
    const state = this.#run.record?.state;
    const why = state ? refuseVote(state, vote) : "run_not_pending";
    if (why !== null) return { kind: "refused", why, approval: this.#describe() };
    const voted = { type: "voted", vote, follow_up_run_id: this.#deps.newRunId(now) } as const;
    if (!this.#hasRoomFor(voted))
      return { kind: "refused", why: "decision_too_large", approval: this.#describe() };
    await this.#run.dispatch(voted);
    const approval = this.#describe();
    return approval
      ? { kind: "taken", approval }
      : { kind: "refused", why: "run_not_pending", approval: null };
  }

  /** What the run waited for has come. Refused when it does not wait for `key`, or no longer. */
  async resume(came: ExternalAnswer): Promise<ResumeReply> {
    await this.lapseIfDue();
    const now = this.#run.deps.clock();
    const state = this.#run.record?.state;
    const { hold } = state ?? {};
    const waits = state?.phase === "held" && hold?.kind === "await_external" && hold.key === came.key;
    if (!waits) return { kind: "refused" };
    const runId = this.#deps.newRunId(now);
    const by = came.by === undefined ? {} : { by: came.by };
    const resumed = { type: "resumed", payload: came.payload, ...by, follow_up_run_id: runId } as const;
    if (!this.#hasRoomFor(resumed)) return { kind: "too_large" };
    await this.#run.dispatch(resumed);
    return { kind: "resumed", run_id: runId };
  }

  /** Brings the inbox up to date; answers the rows that cost. */
  async put(): Promise<number> {
    const record = this.#run.record;
    return record ? putApproval(this.#deps, record, this.#run.tally.artifacts) : 0;
  }

  /** Cancels the follow-up run, in its queue or before it comes there; then the run ends as cancelled. */
  async revoke(): Promise<void> {
    const record = this.#run.record;
    if (record?.state.phase !== "resuming") return;
    const admitted = await forbidFollowUp(this.#deps, record);
    if (admitted !== null && !(await this.#run.deps.cancelRun(admitted)))
      throw new Error(`The queue has not handed ${admitted} over yet: it cannot be cancelled.`);
    await this.#run.dispatch({ type: "revoked" });
  }

  /** Lets the follow-up run into the queue; then nothing is owed any more. */
  async followUp(): Promise<void> {
    const record = this.#run.record;
    if (record?.state.phase !== "resuming" || record.state.cancel_wished) return;
    const { artifacts } = this.#run.tally;
    await admitFollowUp(this.#deps, { record, artifacts }, this.#run.deps.clock());
    await this.#run.dispatch({ type: "followed_up" });
  }

  /** Does this run's record let `followUpRunId` act on approval `id`? */
  authorizes(id: string, followUpRunId: string): boolean {
    const state = this.#run.record?.state;
    const hold = state?.hold;
    return (
      state?.cancel_wished === false &&
      hold?.kind === "approval" &&
      hold.approval_id === id &&
      hold.verdict?.status === "approved" &&
      hold.verdict.follow_up_run_id === followUpRunId
    );
  }
}
