import type { ApprovalId, RunId } from "#contract/ids";
import { expect, it } from "vitest";
import type { Hold, VoteRecord } from "./hold-state.ts";
import { verifies } from "../../../test/verifies.ts";
import { step } from "./lifecycle.ts";
import { nextWake } from "./next-wake.ts";
import { cancelHeld, enterHold, heldWake, refuseVote, stepHeld, wakeHeld } from "./hold.ts";
import { acceptRun } from "./lifecycle.ts";
import { buildTimes } from "./run-state.ts";
import type { RunState } from "./run-state.ts";

const now = 1_000_000;
const times = buildTimes({ timeout_seconds: 60, install_timeout_seconds: 180, queue_ttl_seconds: 600 });
const kill = { type: "kill", sandbox_id: "sbx" };
const fresh = { follow_up_run_id: "run_next" as RunId };

const hold = (change: Partial<Hold> = {}): Hold => ({
  kind: "approval",
  approval_id: "apr" as ApprovalId,
  label: "Send",
  preview: null,
  preview_type: null,
  preview_payload: null,
  key: null,
  link_token: null,
  requester: "me",
  since: now,
  expires_at: now + 1e3,
  on_expiry: "reject",
  not_by_requester: false,
  approvers_needed: 1,
  parked: false,
  outcome: {
    status: "completed",
    failure: null,
    outputs: { a: 1 },
  },
  votes: [],
  verdict: null,
  ...change,
});

const held = (change: Partial<Hold> = {}): RunState =>
  enterHold({ ...acceptRun(true, now).state, sandbox_id: "sbx" }, hold(change), now).state;

const vote = (change: Partial<VoteRecord> = {}): VoteRecord => ({
  principal: "you",
  decision: "approved",
  reason: "ok",
  edited_output: null,
  annotations: null,
  at: now + 1,
  ...change,
});
const cast = (state: RunState, change: Partial<VoteRecord> = {}) =>
  stepHeld(state, { type: "voted", vote: vote(change), ...fresh }, now + 1);

it("a run that asks gives its sandbox back and says so", () => {
  const entered = enterHold({ ...acceptRun(true, now).state, sandbox_id: "sbx" }, hold(), now);
  expect(entered.state).toMatchObject({ phase: "held", phase_since: now, result: null, outcome: null });
  expect(entered.effects).toEqual([{ type: "announce" }, { type: "park" }, kill]);
});

it("a sandbox whose id was never noted is looked for, and again until it is gone", () => {
  const looksFor = { type: "kill_attempt", attempt: 1 };
  const entered = enterHold(acceptRun(true, now).state, hold(), now);
  expect(entered.effects).toEqual([{ type: "announce" }, { type: "park" }, looksFor]);
  expect(wakeHeld(entered.state, now + 1).effects).toEqual([{ type: "park" }, looksFor]);
});

it("an approval resumes and names the follow-up; the run ends when that is admitted", () => {
  const approved = cast(held(), { edited_output: { a: 2 } });
  expect(approved.state).toMatchObject({ phase: "resuming", phase_since: now + 1, ended_at: null });
  expect(approved.state.hold?.verdict).toMatchObject({
    status: "approved",
    reason: "ok",
    edited_output: { a: 2 },
    ...fresh,
  });
  expect(approved.effects).toEqual([{ type: "announce" }, { type: "follow_up" }, kill]);
  const ended = stepHeld(approved.state, { type: "followed_up" }, now + 2);
  expect(ended.state).toMatchObject({
    phase: "ended",
    ended_at: now + 2,
    outcome: { status: "completed", outputs: { a: 1 } },
  });
  expect(ended.effects).toEqual([{ type: "announce" }, { type: "conclude" }, kill]);
  expect(stepHeld(ended.state, { type: "followed_up" }, now + 3)).toEqual({
    state: ended.state,
    effects: [],
  });
});

it("a rejection ends the run and names nothing", () => {
  const { state, effects } = cast(held(), { decision: "rejected" });
  expect(state).toMatchObject({ phase: "ended", outcome: { status: "completed", failure: null } });
  expect(state.hold?.verdict).toMatchObject({ status: "rejected", reason: "ok", follow_up_run_id: null });
  expect(effects.map(({ type }) => type)).toEqual(["announce", "conclude", "kill"]);
});

it("one of two approvals is noted and told", () => {
  const first = cast(held({ approvers_needed: 2 }));
  expect(first.state).toMatchObject({
    phase: "held",
    hold: { votes: [{ principal: "you" }], verdict: null },
  });
  expect(first.effects).toEqual([{ type: "announce" }, { type: "note", votes: 1 }]);
  expect(cast(first.state, { principal: "other" }).state.phase).toBe("resuming");
  expect(cast(first.state, { principal: "other", decision: "rejected" }).state.phase).toBe("ended");
});

it.each([
  ["approval_expired", held(), { at: now + 1000 }],
  [null, held(), { at: now + 999 }],
  ["approval_own_request", held({ not_by_requester: true }), { principal: "me" }],
  [
    "approval_own_request",
    held({ not_by_requester: true, co_requesters: ["me too"] }),
    { principal: "me too" },
  ],
  [null, held({ not_by_requester: true, co_requesters: ["me too"] }), { principal: "other" }],
  [null, held({ co_requesters: ["me too"] }), { principal: "me too" }],
  [null, held({ not_by_requester: true }), { principal: "me", decision: "rejected" as const }],
  [null, held(), { principal: "me" }],
  ["edits_not_allowed", held({ approvers_needed: 2 }), { edited_output: {} }],
  [null, held(), { edited_output: {} }],
  ["approval_voted", held({ approvers_needed: 3, votes: [vote()] }), {}],
  ["approval_decided", cast(held()).state, {}],
  ["run_not_pending", held({ kind: "await_external" }), {}],
  ["run_not_pending", acceptRun(true, now).state, {}],
])("a vote is refused with %s, and then changes nothing", (why, state, change) => {
  expect(refuseVote(state, vote(change))).toBe(why);
  if (why !== null) expect(cast(state, change)).toEqual({ state, effects: [] });
});

it("the time is over at the millisecond, and then the rule of the version holds", () => {
  const lapse = (state: RunState, at: number) => stepHeld(state, { type: "lapsed", ...fresh }, at);
  expect(lapse(held(), now + 999).state.phase).toBe("held");
  const expired = lapse(held(), now + 1000).state;
  expect(expired).toMatchObject({ phase: "ended", outcome: { status: "completed" } });
  expect(expired.hold?.verdict).toMatchObject({ status: "expired", follow_up_run_id: null });
  expect(expired.hold?.verdict?.reason).toContain("Nobody");
  expect(refuseVote(expired, vote())).toBe("approval_expired");
  const approved = lapse(held({ on_expiry: "approve" }), now + 1000).state;
  expect(approved).toMatchObject({ phase: "resuming", hold: { verdict: { status: "approved", ...fresh } } });
  expect(approved.hold?.verdict?.reason).toContain("on_expiry");
  const external = lapse(held({ kind: "await_external", on_expiry: "approve" }), now + 1000).state;
  expect(external).toMatchObject({
    phase: "ended",
    outcome: { status: "failed", failure: { code: "external_timeout" } },
  });
  expect(external.hold?.verdict?.reason).toContain("in time");
  expect(lapse(approved, now + 2000)).toEqual({ state: approved, effects: [] });
});

it("what comes from outside resumes what waits for it, in time, and nothing else", () => {
  const came = (state: RunState, at: number) =>
    stepHeld(state, { type: "resumed", payload: 7, ...fresh }, at);
  const waiting = held({ kind: "await_external" });
  const resumed = came(waiting, now + 999).state;
  expect(resumed).toMatchObject({
    phase: "resuming",
    hold: { verdict: { status: "approved", external_result: 7, ...fresh } },
  });
  expect(came(waiting, now + 1000).state).toBe(waiting);
  expect(came(resumed, now + 2).state).toBe(resumed);
  const asked = held();
  expect(came(asked, now + 2).state).toBe(asked);
});

it("cancelling ends what waits, and takes back what was decided and has not happened yet", () => {
  const { state } = cancelHeld(held(), now + 5);
  expect(state).toMatchObject({
    phase: "ended",
    ended_at: now + 5,
    outcome: { status: "cancelled", failure: { code: "user_cancel" } },
  });
  expect(state.hold?.verdict).toMatchObject({
    status: "rejected",
    reason: "The run was cancelled.",
    at: now + 5,
  });
  const resuming = cast(held()).state;
  const wished = cancelHeld(resuming, now + 5);
  expect(wished).toEqual({ state: { ...resuming, cancel_wished: true }, effects: [{ type: "revoke" }] });
  // The follow-up came into the queue meanwhile: it is not the end, it has to be taken back.
  expect(stepHeld(wished.state, { type: "followed_up" }, now + 6).effects).toEqual([{ type: "revoke" }]);
  const revoked = stepHeld(wished.state, { type: "revoked" }, now + 7).state;
  expect(revoked).toMatchObject({ phase: "ended", outcome: { status: "cancelled" }, ended_at: now + 7 });
  expect(stepHeld(revoked, { type: "revoked" }, now + 8)).toEqual({ state: revoked, effects: [] });
});

it("what has no sandbox any more has none to end, whichever way the wait is over", () => {
  const bare = { ...held(), sandbox_id: null };
  const ends = [{ type: "announce" }, { type: "conclude" }];
  expect(cast(bare).effects).toEqual([{ type: "announce" }, { type: "follow_up" }]);
  expect(cast(bare, { decision: "rejected" }).effects).toEqual(ends);
  expect(cancelHeld(bare, now + 5).effects).toEqual(ends);
});

it("a verdict says all that is known of it, and leaves open what nobody has said", () => {
  const unsaid = { edited_output: null, annotations: null, external_result: null };
  const verdictOf = ({ state }: { state: RunState }) => state.hold?.verdict;
  const at = now + 1000;
  const lapsed = stepHeld(held(), { type: "lapsed", ...fresh }, at);
  expect(verdictOf(lapsed)).toEqual({
    ...unsaid,
    status: "expired",
    at,
    reason: "Nobody decided in time.",
    follow_up_run_id: null,
  });
  const external = held({ kind: "await_external" });
  const came = { type: "resumed", payload: 7, ...fresh } as const;
  const answered = { ...unsaid, status: "approved", at: now + 2, reason: null, external_result: 7, ...fresh };
  expect(verdictOf(stepHeld(external, came, now + 2))).toEqual(answered);
  const byTwo = stepHeld(external, { ...came, by: ["a", "b"] }, now + 2);
  expect(verdictOf(byTwo)).toEqual({ ...answered, answered_by: ["a", "b"] });
  const rejected = cast(held(), {
    decision: "rejected",
    annotations: { text: [{ quote: "a", comment: "b" }] },
  });
  expect(verdictOf(rejected)).toEqual({
    ...unsaid,
    status: "rejected",
    at: now + 1,
    reason: "ok",
    annotations: { text: [{ quote: "a", comment: "b" }] },
    follow_up_run_id: null,
  });
});

it("a run that waits and has lost what for breaks nothing, and asks for its end at once", () => {
  const lost: RunState = { ...held(), hold: null };
  for (const event of [
    { type: "parked" },
    { type: "voted", vote: vote(), ...fresh },
    { type: "lapsed", ...fresh },
    { type: "resumed", payload: 7, ...fresh },
  ] as const)
    expect(stepHeld(lost, event, now + 5000)).toEqual({ state: lost, effects: [] });
  const resuming: RunState = { ...lost, phase: "resuming" };
  for (const event of [{ type: "followed_up" }, { type: "revoked" }] as const)
    expect(stepHeld(resuming, event, now + 1)).toEqual({ state: resuming, effects: [] });
  expect(cancelHeld(lost, now + 1)).toEqual({ state: lost, effects: [] });
  expect(wakeHeld(lost, now + 1).effects).toEqual([{ type: "lapse" }]);
  expect(heldWake(lost, now + 1, times)).toBe(now + 1);
});

it("word that is meant for another phase changes nothing", () => {
  const waiting = held();
  for (const type of ["followed_up", "revoked"] as const)
    expect(stepHeld(waiting, { type }, now + 1)).toEqual({ state: waiting, effects: [] });
  const resuming = cast(waiting).state;
  expect(stepHeld(resuming, { type: "parked" }, now + 1)).toEqual({ state: resuming, effects: [] });
  expect(cancelHeld(acceptRun(true, now).state, now + 1).effects).toEqual([]);
});

it("a wake-up gives back what is still held, then only ends the wait", () => {
  const owing = held();
  expect(wakeHeld(owing, now + 1).effects).toEqual([{ type: "park" }, kill]);
  expect(heldWake(owing, now, times)).toBe(now + 1000);
  expect(heldWake(held({ expires_at: now + 1e9 }), now, times)).toBe(now + times.silence_ms);
  const parked = stepHeld(held({ expires_at: now + 1e9 }), { type: "parked" }, now).state;
  expect(parked.hold?.parked).toBe(true);
  expect(wakeHeld(parked, now + 1).effects).toEqual([kill]);
  expect(heldWake(parked, now, times)).toBe(now + 1e9);
  expect(heldWake(parked, now + 2e9, times)).toBe(now + 2e9);
  expect(wakeHeld(owing, now + 1000).effects).toEqual([{ type: "lapse" }]);
  const ended = cast(held(), { decision: "rejected" }).state;
  expect(stepHeld(ended, { type: "parked" }, now)).toEqual({ state: ended, effects: [] });
});

it("a decided run whose queue is away offers its follow-up ever more seldom, and a cancelled one ends after a day", () => {
  verifies("chaos:simulation:together");
  let state = cancelHeld(cast(held()).state, now).state;
  let [at, tries] = [now, 0];
  for (; state.phase === "resuming" && tries < 1000; tries++) {
    at = nextWake(state, at, times) ?? at;
    state = step(state, { type: "woke" }, { now: at, times, retry: null, jitter: 0 }).state;
  }
  expect(state).toMatchObject({ phase: "ended", cancel_wished: true, outcome: { status: "cancelled" } });
  expect(tries).toBeLessThan(100);
});

it("a waiting run that cannot give its place back tries ever more seldom", () => {
  const owing = held({ expires_at: now + 1e9 });
  expect(heldWake(owing, owing.phase_since + 1000, times)).toBe(owing.phase_since + 31_000);
  expect(heldWake(owing, owing.phase_since + 600_000, times)).toBe(owing.phase_since + 780_000);
});
