import type { Json } from "#contract/json";
import type { RunId } from "#contract/ids";
import { buildFailure } from "#contract/runs/run-failure";
import { backoffMs } from "./backoff.ts";
import type { Hold, HoldVerdict, VoteRecord, VoteRefusal } from "./hold-state.ts";
import type { LifecycleTimes, RunEffect, RunInput, RunState, Step } from "./run-state.ts";

/**
 * The part of a run's life in which its script has ended and somebody must speak: pure functions over the state.
 * What must stay true:
 *  - the first verdict stands, and nothing is decided once the time is over;
 *  - only `approved` (or something from outside) names a follow-up run, and it names one;
 *  - the run is over only when that follow-up run is known to be admitted.
 */
export type HoldInput = Extract<
  RunInput,
  { type: "parked" | "asked" | "voted" | "lapsed" | "resumed" | "followed_up" | "revoked" }
>;

const stay = (state: RunState, ...effects: RunEffect[]): Step => ({ state, effects });

const killOf = (state: RunState): RunEffect[] =>
  state.sandbox_id ? [{ type: "kill", sandbox_id: state.sandbox_id }] : [];

/** Ends the sandbox of the attempt; one whose id was never noted is looked for by the attempt it was created for. */
const letGo = (state: RunState): RunEffect[] =>
  state.sandbox_id ? killOf(state) : [{ type: "kill_attempt", attempt: state.attempt }];

/** The script has ended and asks: its sandbox and its place in the queue are given back while the answer takes its time. */
export function enterHold(state: RunState, hold: Hold, now: number): Step {
  return {
    state: { ...state, phase: "held", phase_since: now, result: null, hold },
    effects: [{ type: "announce" }, { type: "park" }, ...letGo(state)],
  };
}

/**
 * The program of an attempt asks in the middle of it. Nothing is given back but time: what it has run so far is written down,
 * and its place in the queue stays its own. The same call asks once, and only one at a time.
 */
function enterInPlace(state: RunState, { attempt, hold }: RunInput & { type: "asked" }, now: number): Step {
  if (state.phase !== "running" || state.attempt !== attempt) return stay(state);
  const next: RunState = {
    ...state,
    phase: "held",
    phase_since: now,
    ran_ms: Math.max(0, now - state.phase_since),
    answered: withAnswer(state),
    hold: { ...hold, parked: true },
  };
  return { state: next, effects: [{ type: "announce" }, ...tellLists(next)] };
}

/** The row for lists, and the one in the inbox. */
function tellLists({ attempt, hold }: RunState): RunEffect[] {
  const status = hold?.verdict ? "running" : "pending_approval";
  return [
    { type: "project", attempt, status },
    { type: "note", votes: hold?.votes.length ?? 0 },
  ];
}

/** What is asked in the middle of an attempt, brought up to date in the inbox. */
export function noteInPlace({ hold }: Pick<RunState, "hold">): RunEffect[] {
  return hold?.in_place ? [{ type: "note", votes: hold.votes.length }] : [];
}

/** The answer that an attempt goes on with, to be handed on once more: the object may have gone away before that was done. */
export function handOnAgain(state: Pick<RunState, "hold" | "attempt">): RunEffect[] {
  const { hold, attempt } = state;
  if (!hold?.in_place || !hold.verdict) return [];
  return [...noteInPlace(state), { type: "tell", attempt, approval_id: hold.approval_id }];
}

/** All that was asked in the middle of the attempt, the newest question too once it is answered. */
export function withAnswer({ answered, hold }: Pick<RunState, "answered" | "hold">): RunState["answered"] {
  const { verdict, in_place: place, approval_id } = hold ?? {};
  if (!verdict || !place || !approval_id) return answered;
  return [...answered, { call_id: place.call_id, approval_id, verdict }];
}

/** What was asked in the middle of an attempt is answered: the attempt goes on, and the wait was none of its time. */
function goOn(state: RunState, hold: Hold, now: number): Step {
  const next: RunState = {
    ...state,
    phase: "running",
    phase_since: now - state.ran_ms,
    held_ms: state.held_ms + Math.max(0, now - state.phase_since),
    hold,
  };
  const tell: RunEffect = { type: "tell", attempt: state.attempt, approval_id: hold.approval_id };
  return { state: next, effects: [{ type: "announce" }, ...tellLists(next), tell] };
}

function endHeld(state: RunState, hold: Hold, now: number): Step {
  return {
    state: { ...state, phase: "ended", phase_since: now, ended_at: now, outcome: hold.outcome, hold },
    effects: [{ type: "announce" }, { type: "conclude" }, ...killOf(state)],
  };
}

function resume(state: RunState, hold: Hold, now: number): Step {
  return {
    state: { ...state, phase: "resuming", phase_since: now, hold },
    effects: [{ type: "announce" }, { type: "follow_up" }, ...killOf(state)],
  };
}

function judge(hold: Hold, vote: VoteRecord): VoteRefusal | null {
  if (vote.at >= hold.expires_at) return "approval_expired";
  const asked = vote.principal === hold.requester || hold.co_requesters?.includes(vote.principal);
  if (vote.decision === "approved" && hold.not_by_requester && asked) return "approval_own_request";
  if (vote.edited_output !== null && hold.approvers_needed > 1) return "edits_not_allowed";
  return hold.votes.some((earlier) => earlier.principal === vote.principal) ? "approval_voted" : null;
}

/** Why `vote` is not taken in this state; null when it is. */
export function refuseVote(state: RunState, vote: VoteRecord): VoteRefusal | null {
  const hold = state.hold ?? null;
  if (hold?.kind !== "approval") return "run_not_pending";
  if (hold.verdict) return hold.verdict.status === "expired" ? "approval_expired" : "approval_decided";
  return state.phase === "held" ? judge(hold, vote) : "run_not_pending";
}

/** Takes a vote: one rejection rejects, and approval takes as many different people as the version asks for. */
function takeVote(state: RunState, vote: VoteRecord, followUpRunId: RunId): Step {
  const hold = state.hold ?? null;
  if (hold === null || refuseVote(state, vote) !== null) return stay(state);
  const votes = [...hold.votes, vote];
  const { reason, edited_output, annotations, at } = vote;
  const verdict = { at, reason, edited_output, annotations, external_result: null };
  if (vote.decision === "rejected") {
    const rejected: HoldVerdict = { ...verdict, status: "rejected", follow_up_run_id: null };
    const decided = { ...hold, votes, verdict: rejected };
    return hold.in_place ? goOn(state, decided, at) : endHeld(state, decided, at);
  }
  if (votes.length < hold.approvers_needed) {
    return stay(
      { ...state, hold: { ...hold, votes } },
      { type: "announce" },
      { type: "note", votes: votes.length },
    );
  }
  const followUp = hold.in_place ? null : followUpRunId;
  const approved: HoldVerdict = { ...verdict, status: "approved", follow_up_run_id: followUp };
  const decided = { ...hold, votes, verdict: approved };
  return hold.in_place ? goOn(state, decided, at) : resume(state, decided, at);
}

const silent = { edited_output: null, annotations: null, external_result: null, follow_up_run_id: null };

/** The time to decide is over: expired, or approved where the version says so. */
function lapse(state: RunState, followUpRunId: RunId, now: number): Step {
  const hold = state.hold ?? null;
  if (state.phase !== "held" || hold === null || now < hold.expires_at) return stay(state);
  if (hold.kind === "approval" && hold.on_expiry === "approve") {
    const reason = "Nobody decided in time; worker.yml says on_expiry: approve.";
    const approved: HoldVerdict = {
      ...silent,
      status: "approved",
      at: now,
      reason,
      by_time: true,
      follow_up_run_id: hold.in_place ? null : followUpRunId,
    };
    const decided = { ...hold, verdict: approved };
    return hold.in_place ? goOn(state, decided, now) : resume(state, decided, now);
  }
  const reason = hold.kind === "approval" ? "Nobody decided in time." : "It did not come in time.";
  const verdict: HoldVerdict = { ...silent, status: "expired", at: now, reason };
  if (hold.in_place) return goOn(state, { ...hold, verdict }, now);
  const outcome =
    hold.kind === "approval"
      ? hold.outcome
      : { ...hold.outcome, status: "failed" as const, failure: buildFailure("external_timeout") };
  return endHeld(state, { ...hold, outcome, verdict }, now);
}

/** What the run waited for has come from outside. */
function takeExternal(
  state: RunState,
  came: { payload: Json; by?: readonly string[]; follow_up_run_id: RunId },
  now: number,
): Step {
  const hold = state.hold ?? null;
  if (state.phase !== "held" || hold?.kind !== "await_external" || now >= hold.expires_at) return stay(state);
  const verdict: HoldVerdict = {
    ...silent,
    status: "approved",
    at: now,
    reason: null,
    external_result: came.payload,
    ...(came.by === undefined ? {} : { answered_by: came.by }),
    follow_up_run_id: came.follow_up_run_id,
  };
  return resume(state, { ...hold, verdict }, now);
}

/** The follow-up run is in the worker's queue: nothing is owed any more, unless the run was cancelled meanwhile. */
function takeFollowedUp(state: RunState, now: number): Step {
  if (state.phase !== "resuming" || !state.hold) return stay(state);
  return state.cancel_wished ? stay(state, { type: "revoke" }) : endHeld(state, state.hold, now);
}

/** The follow-up run is not in the queue, or has been cancelled there. */
function takeRevoked(state: RunState, now: number): Step {
  const { hold } = state;
  if (state.phase !== "resuming" || !hold) return stay(state);
  const outcome = { ...hold.outcome, status: "cancelled" as const, failure: buildFailure("user_cancel") };
  return endHeld(state, { ...hold, outcome }, now);
}

/** The attempt has ended while it was asked about one of its calls: nobody can decide on that any more. */
export function closeInPlace(state: RunState, now: number): RunState {
  const { hold } = state;
  if (state.phase !== "held" || !hold?.in_place) return state;
  const verdict: HoldVerdict = { ...silent, status: "expired", at: now, reason: "The attempt ended before." };
  return { ...state, hold: { ...hold, verdict } };
}

/** What a run that waits does with the events that are meant for it; in any other phase they change nothing. */
export function stepHeld(state: RunState, event: HoldInput, now: number): Step {
  switch (event.type) {
    case "asked":
      return enterInPlace(state, event, now);
    case "parked":
      return state.phase === "held" && state.hold
        ? stay({ ...state, hold: { ...state.hold, parked: true } })
        : stay(state);
    case "voted":
      return takeVote(state, event.vote, event.follow_up_run_id);
    case "lapsed":
      return lapse(state, event.follow_up_run_id, now);
    case "resumed":
      return takeExternal(state, event, now);
    case "followed_up":
      return takeFollowedUp(state, now);
    case "revoked":
      return takeRevoked(state, now);
  }
}

/**
 * A held run is cancelled: nobody can approve it any more. One whose follow-up is on its way takes the wish down, and
 * ends once it is sure that the follow-up does not happen.
 */
export function cancelHeld(state: RunState, now: number): Step {
  const hold = state.hold ?? null;
  if (state.phase === "resuming") return stay({ ...state, cancel_wished: true }, { type: "revoke" });
  if (state.phase !== "held" || hold === null) return stay(state);
  const verdict: HoldVerdict = { ...silent, status: "rejected", at: now, reason: "The run was cancelled." };
  // What was to be approved in the middle of an attempt is nothing that the run puts out.
  const left = hold.in_place ? { ...hold.outcome, outputs: {} } : hold.outcome;
  const outcome = { ...left, status: "cancelled" as const, failure: buildFailure("user_cancel") };
  return endHeld(state, { ...hold, outcome, verdict }, now);
}

/** What a wake-up finds to do in a held run: give back what may not have been given back, or end the wait. */
export function wakeHeld(state: RunState, now: number): Step {
  if (!state.hold || now >= state.hold.expires_at) return stay(state, { type: "lapse" });
  if (state.hold.in_place) return stay(state, ...tellLists(state));
  const park: RunEffect[] = state.hold.parked ? [] : [{ type: "park" }];
  return stay(state, ...park, ...letGo(state));
}

/** Soon, and ever more seldom, until everything is given back; then only when the time is over. */
export function heldWake(state: RunState, now: number, times: LifecycleTimes): number {
  const expiresAt = Math.max(state.hold?.expires_at ?? now, now);
  const again = now + Math.max(times.silence_ms, backoffMs(now - state.phase_since, 0));
  return state.hold?.parked ? expiresAt : Math.min(expiresAt, again);
}
