import { expect, it } from "vitest";
import { buildFailure } from "#contract/run-failure";
import { cancelHeld, enterHold, heldWake, refuseVote, stepHeld, wakeHeld } from "./hold.ts";
import type { Hold, VoteRecord } from "./hold-state.ts";
import { acceptRun } from "./lifecycle.ts";
import type { LifecycleTimes, RunState } from "./run-state.ts";

const outcome = { status: "completed" as const, failure: null, outputs: { mail: "draft" } };
const kill = { type: "kill", sandbox_id: "s1" };
const announce = { type: "announce" };

function buildHold(change: Partial<Hold> = {}): Hold {
  return {
    kind: "approval",
    approval_id: "apr_1",
    label: "Send?",
    preview: null,
    preview_type: null,
    preview_payload: null,
    key: null,
    link_token: null,
    requester: "tok_asker",
    since: 1000,
    parked: false,
    expires_at: 9000,
    on_expiry: "reject",
    not_by_requester: false,
    approvers_needed: 1,
    outcome,
    votes: [],
    verdict: null,
    ...change,
  };
}

/** A run that is held since 1000 and whose sandbox may still be there. */
function heldRun(change: Partial<Hold> = {}, state: Partial<RunState> = {}): RunState {
  const accepted = acceptRun(true, 0).state;
  return {
    ...accepted,
    phase: "held",
    phase_since: 1000,
    sandbox_id: "s1",
    hold: buildHold(change),
    ...state,
  };
}

function buildVote(change: Partial<VoteRecord> = {}): VoteRecord {
  return {
    principal: "tok_boss",
    decision: "approved",
    reason: "fine",
    edited_output: null,
    annotations: { a: 1 },
    at: 2000,
    ...change,
  };
}

const voted = (vote: VoteRecord) => ({ type: "voted" as const, vote, follow_up_run_id: "run_2" });
const verdictOf = (state: RunState) => state.hold?.verdict;

it("a run that asks gives back its sandbox and its place, and waits", () => {
  const { hold: _, ...running } = heldRun({}, { phase: "finishing" });
  const held = enterHold(running, buildHold(), 3000);
  expect(held.state).toMatchObject({ phase: "held", phase_since: 3000, result: null, hold: buildHold() });
  expect(held.effects).toEqual([announce, { type: "park" }, kill]);
  expect(enterHold({ ...running, sandbox_id: null }, buildHold(), 3000).effects).toEqual([
    announce,
    { type: "park" },
  ]);
});

it("an approval names the one follow-up run, and keeps what the approver said and changed", () => {
  const vote = buildVote({ edited_output: { mail: "better" } });
  const approved = stepHeld(heldRun(), voted(vote), 2500);
  expect(approved.state).toMatchObject({ phase: "resuming", phase_since: 2000, ended_at: null });
  expect(verdictOf(approved.state)).toEqual({
    status: "approved",
    at: 2000,
    reason: "fine",
    edited_output: { mail: "better" },
    annotations: { a: 1 },
    external_result: null,
    follow_up_run_id: "run_2",
  });
  expect(approved.state.hold?.votes).toEqual([vote]);
  expect(approved.effects).toEqual([announce, { type: "follow_up" }, kill]);
});

it("a rejection ends the run with its reason, and names no follow-up", () => {
  const rejected = stepHeld(heldRun(), voted(buildVote({ decision: "rejected", reason: "no" })), 2500);
  expect(rejected.state).toMatchObject({ phase: "ended", phase_since: 2000, ended_at: 2000, outcome });
  expect(verdictOf(rejected.state)).toMatchObject({
    status: "rejected",
    at: 2000,
    reason: "no",
    follow_up_run_id: null,
  });
  expect(rejected.state.hold?.votes).toHaveLength(1);
  expect(rejected.effects).toEqual([announce, { type: "conclude" }, kill]);
});

it("an approval by several takes as many different people, and one rejection is enough", () => {
  const first = stepHeld(heldRun({ approvers_needed: 2 }), voted(buildVote()), 2000);
  expect(first.state).toMatchObject({ phase: "held", phase_since: 1000 });
  expect(first.state.hold).toMatchObject({ verdict: null, votes: [{ principal: "tok_boss" }] });
  expect(first.effects).toEqual([announce, { type: "note", votes: 1 }]);
  expect(stepHeld(first.state, voted(buildVote()), 2000)).toEqual({ state: first.state, effects: [] });
  const second = stepHeld(first.state, voted(buildVote({ principal: "tok_cfo" })), 2000);
  expect(second.state.phase).toBe("resuming");
  expect(second.state.hold?.votes).toHaveLength(2);
  const no = stepHeld(first.state, voted(buildVote({ principal: "tok_cfo", decision: "rejected" })), 2000);
  expect(verdictOf(no.state)?.status).toBe("rejected");
});

it("the first verdict stands, and a vote that is not taken changes nothing", () => {
  const approved = stepHeld(heldRun(), voted(buildVote()), 2000).state;
  const late = buildVote({ principal: "tok_cfo", decision: "rejected" });
  expect(refuseVote(approved, late)).toBe("approval_decided");
  expect(stepHeld(approved, voted(late), 2000)).toEqual({ state: approved, effects: [] });
});

it.each([
  ["nothing is asked", acceptRun(true, 0).state, buildVote(), "run_not_pending"],
  ["something else is awaited", heldRun({ kind: "await_external" }), buildVote(), "run_not_pending"],
  ["the run is past it", heldRun({}, { phase: "ended" }), buildVote(), "run_not_pending"],
  ["the time is over", heldRun(), buildVote({ at: 9000 }), "approval_expired"],
  ["the time was over before", stepHeld(heldRun(), lapsed(), 9000).state, buildVote(), "approval_expired"],
  [
    "the requester approves what others must",
    heldRun({ not_by_requester: true }),
    buildVote({ principal: "tok_asker" }),
    "approval_own_request",
  ],
  [
    "one of several edits",
    heldRun({ approvers_needed: 2 }),
    buildVote({ edited_output: {} }),
    "edits_not_allowed",
  ],
  [
    "somebody votes twice",
    heldRun({ approvers_needed: 2, votes: [buildVote()] }),
    buildVote(),
    "approval_voted",
  ],
] as const)("a vote is refused when %s", (_, state, vote, refusal) => {
  expect(refuseVote(state, vote)).toBe(refusal);
});

it.each([
  ["at the last moment", heldRun(), buildVote({ at: 8999 })],
  ["by the requester where that is allowed", heldRun(), buildVote({ principal: "tok_asker" })],
  [
    "of the requester that rejects",
    heldRun({ not_by_requester: true }),
    buildVote({ principal: "tok_asker", decision: "rejected" }),
  ],
  ["of another where the requester may not", heldRun({ not_by_requester: true }), buildVote()],
  ["with edits by the only approver", heldRun(), buildVote({ edited_output: {} })],
  [
    "of a second person",
    heldRun({ approvers_needed: 2, votes: [buildVote()] }),
    buildVote({ principal: "x" }),
  ],
] as const)("a vote is taken %s", (_, state, vote) => {
  expect(refuseVote(state, vote)).toBeNull();
});

function lapsed() {
  return { type: "lapsed" as const, follow_up_run_id: "run_2" };
}
const silence = { edited_output: null, annotations: null, external_result: null, at: 9000 };

it("when nobody decides in time the request expires, and the run ends as it was", () => {
  const early = heldRun();
  expect(stepHeld(early, lapsed(), 8999)).toEqual({ state: early, effects: [] });
  const expired = stepHeld(early, lapsed(), 9000);
  expect(expired.state).toMatchObject({ phase: "ended", ended_at: 9000, outcome });
  expect(verdictOf(expired.state)).toEqual({
    ...silence,
    status: "expired",
    reason: "Nobody decided in time.",
    follow_up_run_id: null,
  });
  expect(stepHeld(expired.state, lapsed(), 9999)).toEqual({ state: expired.state, effects: [] });
});

it("when nobody decides in time it is approved where worker.yml says so", () => {
  const approved = stepHeld(heldRun({ on_expiry: "approve" }), lapsed(), 9000);
  expect(approved.state).toMatchObject({ phase: "resuming", phase_since: 9000 });
  expect(verdictOf(approved.state)).toEqual({
    ...silence,
    status: "approved",
    reason: "Nobody decided in time; worker.yml says on_expiry: approve.",
    follow_up_run_id: "run_2",
  });
});

it("what does not come from outside in time fails the run, whatever on_expiry says", () => {
  const failed = stepHeld(heldRun({ kind: "await_external", on_expiry: "approve" }), lapsed(), 9000);
  expect(failed.state.outcome).toEqual({
    ...outcome,
    status: "failed",
    failure: buildFailure("external_timeout"),
  });
  expect(verdictOf(failed.state)).toMatchObject({ status: "expired", reason: "It did not come in time." });
});

it("what comes from outside resumes the run, once, and only while it is awaited", () => {
  const came = { type: "resumed" as const, payload: { paid: true }, follow_up_run_id: "run_2" };
  const resumed = stepHeld(heldRun({ kind: "await_external" }), came, 8999);
  expect(resumed.state.phase).toBe("resuming");
  expect(verdictOf(resumed.state)).toEqual({
    ...silence,
    status: "approved",
    at: 8999,
    reason: null,
    external_result: { paid: true },
    follow_up_run_id: "run_2",
  });
  expect(resumed.effects).toEqual([announce, { type: "follow_up" }, kill]);
  for (const state of [resumed.state, heldRun(), acceptRun(true, 0).state])
    expect(stepHeld(state, came, 2000)).toEqual({ state, effects: [] });
  const late = heldRun({ kind: "await_external" });
  expect(stepHeld(late, came, 9000)).toEqual({ state: late, effects: [] });
});

it("an approved run is over once its follow-up is admitted, and not before", () => {
  const resuming = stepHeld(heldRun(), voted(buildVote()), 2000).state;
  const over = stepHeld(resuming, { type: "followed_up" }, 3000);
  expect(over.state).toMatchObject({ phase: "ended", phase_since: 3000, ended_at: 3000, outcome });
  expect(verdictOf(over.state)?.follow_up_run_id).toBe("run_2");
  expect(over.effects).toEqual([announce, { type: "conclude" }, kill]);
  const held = heldRun();
  expect(stepHeld(held, { type: "followed_up" }, 3000)).toEqual({ state: held, effects: [] });
});

it("a cancelled request cannot be approved any more; an approved one is past cancelling", () => {
  const cancelled = cancelHeld(heldRun(), 3000);
  expect(cancelled.state.outcome).toEqual({
    ...outcome,
    status: "cancelled",
    failure: buildFailure("user_cancel"),
  });
  expect(verdictOf(cancelled.state)).toEqual({
    ...silence,
    at: 3000,
    status: "rejected",
    reason: "The run was cancelled.",
    follow_up_run_id: null,
  });
  expect(refuseVote(cancelled.state, buildVote())).toBe("approval_decided");
  const resuming = stepHeld(heldRun(), voted(buildVote()), 2000).state;
  expect(cancelHeld(resuming, 3000)).toEqual({ state: resuming, effects: [] });
});

it("a wake-up ends the wait when the time is over, and else gives back what may not have been", () => {
  expect(wakeHeld(heldRun(), 9000).effects).toEqual([{ type: "lapse" }]);
  expect(wakeHeld(heldRun({ parked: true }), 9000).effects).toEqual([{ type: "lapse" }]);
  expect(wakeHeld(heldRun(), 8999).effects).toEqual([{ type: "park" }, kill]);
  expect(wakeHeld(heldRun({ parked: true }), 8999).effects).toEqual([kill]);
  expect(wakeHeld(heldRun({}, { sandbox_id: null }), 8999).effects).toEqual([{ type: "park" }]);
});

it("that the place was given back is noted once it is known", () => {
  const parked = stepHeld(heldRun(), { type: "parked" }, 2000);
  expect(parked).toEqual({ state: heldRun({ parked: true }), effects: [] });
  const decided = stepHeld(heldRun(), voted(buildVote()), 2000).state;
  expect(stepHeld(decided, { type: "parked" }, 2000)).toEqual({ state: decided, effects: [] });
});

it("a held run is looked at soon until everything is given back, then when its time is over", () => {
  const times = { silence_ms: 3000 } as LifecycleTimes;
  expect(heldWake(heldRun(), 2000, times)).toBe(5000);
  expect(heldWake(heldRun(), 7000, times)).toBe(9000);
  expect(heldWake(heldRun(), 9500, times)).toBe(9500);
  expect(heldWake(heldRun({ parked: true }), 2000, times)).toBe(9000);
  expect(heldWake(heldRun({ parked: true }), 9500, times)).toBe(9500);
});
