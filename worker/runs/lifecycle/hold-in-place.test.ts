import { expect, it } from "vitest";
import { approvalIdSchema, runIdSchema } from "#contract/ids";
import { verifies } from "../../../test/verifies.ts";
import { newId } from "../../platform/ids.ts";
import type { Hold, VoteRecord } from "./hold-state.ts";
import { refuseVote, withAnswer } from "./hold.ts";
import { acceptRun, step } from "./lifecycle.ts";
import { nextWake } from "./next-wake.ts";
import { needsNoPlace, statusOf, whyWaiting } from "./run-status.ts";
import type { LifecycleTimes, RunInput, RunState } from "./run-state.ts";

const START = 1_000_000;
const HOUR = 3_600_000;
const times: LifecycleTimes = {
  queue_ms: HOUR,
  launch_patience_ms: HOUR,
  run_ms: 60_000,
  finish_ms: 60_000,
  silence_ms: 30_000,
  sandbox_life_ms: HOUR,
};
const FOLLOW_UP = runIdSchema.parse(newId("run", START));

const take = (state: RunState, event: RunInput, now: number) =>
  step(state, event, { now, times, retry: null, jitter: 0 });

const hold = (callId: string, since: number, change: Partial<Hold> = {}): Hold => ({
  kind: "approval",
  approval_id: approvalIdSchema.parse(newId("apr", since)),
  label: `Call ${callId}`,
  preview: null,
  preview_type: "call",
  preview_payload: null,
  key: null,
  link_token: null,
  requester: "tok_asker",
  since,
  expires_at: since + HOUR,
  on_expiry: "reject",
  not_by_requester: false,
  approvers_needed: 1,
  in_place: { call_id: callId },
  parked: true,
  outcome: { status: "completed", failure: null, outputs: { amount: 1 } },
  votes: [],
  verdict: null,
  ...change,
});

const vote = (at: number, change: Partial<VoteRecord> = {}): VoteRecord => ({
  principal: "usr_1",
  decision: "approved",
  reason: null,
  edited_output: null,
  annotations: null,
  at,
  ...change,
});

function running(): RunState {
  const launched = { type: "launched", attempt: 1, launch: 1, sandbox_id: "edge:1" } as const;
  return take(acceptRun(true, START).state, launched, START).state;
}

const asked = (change: Partial<Hold> = {}) =>
  take(running(), { type: "asked", attempt: 1, hold: hold("c1", START + 10_000, change) }, START + 10_000)
    .state;

it("a question in the middle holds the run, which keeps its place and its sandbox", () => {
  verifies("approvals:in-place:same-run");
  const { state, effects } = take(
    running(),
    { type: "asked", attempt: 1, hold: hold("c1", START + 10_000) },
    START + 10_000,
  );
  expect(statusOf(state)).toBe("pending_approval");
  expect(whyWaiting(state)).toContain("Call c1");
  expect(needsNoPlace(state)).toBe(false);
  expect(effects.map(({ type }) => type)).toEqual(["announce", "project", "note"]);
  expect(nextWake(state, START + 10_000, times)).toBe(START + 10_000 + HOUR);
});

it("an approval lets the same run go on, and the wait is none of its time", () => {
  verifies("approvals:in-place:same-run");
  const late = START + 10_000 + HOUR / 2;
  const { state, effects } = take(
    asked(),
    { type: "voted", vote: vote(late), follow_up_run_id: FOLLOW_UP },
    late,
  );
  expect(state.phase).toBe("running");
  expect(state.hold?.verdict).toMatchObject({ status: "approved", follow_up_run_id: null });
  expect(effects.map(({ type }) => type)).toEqual(["announce", "project", "note", "tell"]);
  const rest = times.run_ms - 10_000;
  const early = take(state, { type: "expired", attempt: 1 }, late + rest - 1).state;
  expect(early.phase).toBe("running");
  expect(take(state, { type: "expired", attempt: 1 }, late + rest).state.outcome?.failure?.code).toBe(
    "timeout",
  );
  expect(state.held_ms).toBe(HOUR / 2);
});

it("a rejection, too, lets it go on, with its reason", () => {
  const no = vote(START + 20_000, { decision: "rejected", reason: "Not today." });
  const { state } = take(asked(), { type: "voted", vote: no, follow_up_run_id: FOLLOW_UP }, START + 20_000);
  expect(state.phase).toBe("running");
  expect(withAnswer(state)).toMatchObject([
    { call_id: "c1", verdict: { status: "rejected", reason: "Not today." } },
  ]);
});

it("when nobody decides in time the run goes on as its version says", () => {
  const end = START + 10_000 + HOUR;
  const lapse = { type: "lapsed", follow_up_run_id: FOLLOW_UP } as const;
  expect(take(asked(), lapse, end - 1).state.phase).toBe("held");
  expect(take(asked(), lapse, end).state.hold?.verdict?.status).toBe("expired");
  const byTime = take(asked({ on_expiry: "approve" }), lapse, end).state.hold?.verdict;
  // Nobody has said what the reason says.
  expect(byTime).toMatchObject({ status: "approved", by_time: true });
  expect(take(asked(), lapse, end).state.phase).toBe("running");
});

it("one question follows another, and each answer stays readable", () => {
  verifies("approvals:in-place:answers-not-crossed");
  const second = hold("c2", START + 30_000);
  expect(take(asked(), { type: "asked", attempt: 1, hold: second }, START + 15_000).state.hold?.label).toBe(
    "Call c1",
  );
  const first = take(
    asked(),
    { type: "voted", vote: vote(START + 20_000), follow_up_run_id: FOLLOW_UP },
    START + 20_000,
  );
  const held = take(first.state, { type: "asked", attempt: 1, hold: second }, START + 30_000).state;
  expect(statusOf(held)).toBe("pending_approval");
  expect(withAnswer(held).map(({ call_id }) => call_id)).toEqual(["c1"]);
  const no = vote(START + 40_000, { decision: "rejected" });
  const done = take(held, { type: "voted", vote: no, follow_up_run_id: FOLLOW_UP }, START + 40_000).state;
  expect(withAnswer(done).map(({ call_id, verdict }) => [call_id, verdict.status])).toEqual([
    ["c1", "approved"],
    ["c2", "rejected"],
  ]);
});

it("a cancelled run can be approved no more, and puts nothing out", () => {
  const { state, effects } = take(asked(), { type: "cancel" }, START + 20_000);
  expect(state.outcome).toMatchObject({ status: "cancelled", outputs: {} });
  expect(state.hold?.verdict?.status).toBe("rejected");
  expect(effects).toContainEqual({ type: "kill", sandbox_id: "edge:1" });
  expect(refuseVote(state, vote(START + 30_000))).toBe("approval_decided");
});

it("a result that comes while people are asked ends the attempt, and the question with it", () => {
  const result = {
    type: "result",
    at: START,
    outcome: "success",
    error_code: null,
    error: null,
    error_raw: null,
    exit_code: 0,
    outputs: {},
    usage: { wall_ms: 0, cpu_ms: 0, max_memory_bytes: 0, log_bytes: 0 },
  } as const;
  const { state } = take(asked(), { type: "reported", attempt: 1, result }, START + 20_000);
  expect(state.phase).toBe("finishing");
  expect(state.hold?.verdict?.status).toBe("expired");
});

it("another attempt begins without a word of the one before", () => {
  const answered = take(
    asked(),
    { type: "voted", vote: vote(START + 20_000), follow_up_run_id: FOLLOW_UP },
    START + 20_000,
  );
  const { state } = take(answered.state, { type: "lost", attempt: 1, code: "journal_lost" }, START + 30_000);
  expect(state).toMatchObject({ phase: "launching", attempt: 2, hold: null, answered: [], ran_ms: 0 });
});
