import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import { buildFailure } from "#contract/runs/run-failure";
import { completed, inPhase, result, times } from "../../../test/support/run-in-phase.ts";
import { verifies } from "../../../test/verifies.ts";
import type { Hold } from "./hold-state.ts";
import { isOverdue } from "./is-overdue.ts";
import { acceptRun, step } from "./lifecycle.ts";
import type { Moment, RetryRule, RunInput, RunPhase, RunState } from "./run-state.ts";

const retry: RetryRule = { max_attempts: 2, delay_ms: 5000, backoff: "fixed", on: ["execution_error"] };
const at = (now: number, change: Partial<Moment> = {}): Moment => ({
  now,
  times,
  retry: null,
  jitter: 0,
  ...change,
});
const failed = {
  status: "failed" as const,
  failure: buildFailure("execution_error", "it broke"),
  outputs: {},
};

const launchEffects = (attempt: number) => [
  { type: "announce" },
  { type: "launch", attempt },
  { type: "project", attempt, status: "running" },
];
const endEffects = [{ type: "announce" }, { type: "conclude" }];
const kill = { type: "kill", sandbox_id: "s1" };
/** For a sandbox whose id was never noted. */
const killAttempt = { type: "kill_attempt", attempt: 1 };

it("an accepted run launches at once or waits, and either way is announced and listed", () => {
  const launching = acceptRun(true, 5);
  expect(launching.state).toMatchObject({ phase: "launching", attempt: 1, accepted_at: 5, phase_since: 5 });
  expect(launching.state).toMatchObject({ attempts: [], outcome: null, retry_at: 5, refusals: 0 });
  expect(launching.effects).toEqual(launchEffects(1));
  const waiting = acceptRun(false, 5);
  expect(waiting.state).toMatchObject({ phase: "waiting", attempt: 0 });
  expect(waiting.effects).toEqual([{ type: "announce" }, { type: "project", attempt: 0, status: "queued" }]);
});

it("a waiting run starts when it is told to, and any other takes no notice", () => {
  const started = step(inPhase("waiting"), { type: "go" }, at(2000));
  expect(started.state).toMatchObject({ phase: "launching", attempt: 1, phase_since: 2000, retry_at: 2000 });
  expect(started.effects).toEqual(launchEffects(1));
  const running = inPhase("running");
  expect(step(running, { type: "go" }, at(2000))).toEqual({ state: running, effects: [] });
});

it("a launched sandbox makes the run running, and notes when the first one and this one started", () => {
  const first = step(inPhase("launching", { refused: "busy" }), launched(1), at(2000));
  expect(first.state).toMatchObject({
    phase: "running",
    phase_since: 2000,
    started_at: 2000,
    attempt_started_at: 2000,
    sandbox_id: "s1",
    refused: null,
  });
  expect(first.effects).toEqual([{ type: "announce" }]);
  const later = step(inPhase("launching", { started_at: 1500 }), launched(1), at(2000));
  expect(later.state).toMatchObject({ started_at: 1500, attempt_started_at: 2000 });
});

it("a sandbox of another attempt or of an ended run is killed and changes nothing", () => {
  for (const state of [inPhase("launching", { attempt: 2 }), inPhase("ended")])
    expect(step(state, launched(1), at(2000))).toEqual({ state, effects: [kill] });
});

it("a sandbox that is announced after its result is remembered, so that it can be killed", () => {
  const late = step(inPhase("finishing", { sandbox_id: null }), launched(1), at(2000));
  expect(late).toEqual({ state: inPhase("finishing", { sandbox_launch: 1 }), effects: [] });
  const running = inPhase("running");
  expect(step(running, launched(1), at(2000))).toEqual({ state: running, effects: [] });
});

it("a sandbox that is announced when nothing runs in it any more is killed", () => {
  for (const phase of ["backoff", "held", "resuming"] as const) {
    const state = inPhase(phase);
    expect(step(state, launched(1), at(2000))).toEqual({ state, effects: [kill] });
  }
});

function launched(attempt: number): RunInput {
  return { type: "launched", attempt, launch: 1, sandbox_id: "s1" };
}

function refused(change: Partial<RunInput & { type: "refused" }> = {}): RunInput {
  return {
    type: "refused",
    attempt: 1,
    code: "e2b_sandbox_error",
    message: "busy",
    retry_after_ms: null,
    ...change,
  };
}

it("a refusal is waited out and told once", () => {
  const first = step(inPhase("launching"), refused(), at(2000));
  expect(first.state).toMatchObject({ phase: "launching", refusals: 1, refused: "busy", retry_at: 3000 });
  expect(first.effects).toEqual([{ type: "announce" }]);
  const second = step(first.state, refused(), at(3000));
  expect(second.state).toMatchObject({ refusals: 2, retry_at: 5000 });
  expect(second.effects).toEqual([]);
});

it("a refusal that will not change, or that comes when patience is over, ends the run", () => {
  for (const code of ["missing_e2b_key", "invalid_worker"] as const) {
    const ended = step(inPhase("launching"), refused({ code, message: "no" }), at(2000));
    expect(ended.state.outcome).toEqual({ status: "failed", failure: buildFailure(code, "no"), outputs: {} });
    expect(ended.effects).toEqual([...endEffects, killAttempt]);
  }
  expect(step(inPhase("launching"), refused(), at(60_999)).state.phase).toBe("launching");
  expect(step(inPhase("launching"), refused(), at(61_000)).state.outcome?.failure?.code).toBe(
    "e2b_sandbox_error",
  );
});

it("one answer that the key is not accepted may be a gateway's, so that only the fifth of a row ends the run", () => {
  verifies("run:verdict:owner-alone-says-gone");
  const denied = refused({ code: "missing_e2b_key", message: "no key", doubtful: true });
  let state = inPhase("launching");
  for (const now of [2000, 3000, 5000, 9000]) state = step(state, denied, at(now)).state;
  expect(state).toMatchObject({ phase: "launching", refused: "no key" });
  expect(step(step(state, refused(), at(17_000)).state, denied, at(25_000)).state.phase).toBe("launching");
  expect(step(state, denied, at(17_000)).state.outcome?.failure?.code).toBe("missing_e2b_key");
});

it("a provider that is full is waited for as a queue is, and that is no failing", () => {
  const full = (message: string) => refused({ waits: true, message });
  const first = step(inPhase("launching"), full("full"), at(2000));
  expect(first.state).toMatchObject({
    phase: "launching",
    phase_since: 1000,
    failing_since: null,
    failing_ms: 0,
    refusals: 1,
    refused: "full",
    retry_at: 3000,
  });
  expect(first.effects).toEqual([{ type: "announce" }, { type: "project", attempt: 1, status: "queued" }]);
  const second = step(first.state, full("full"), at(500_000));
  // The same words with another status are told all the same: lists know a newer row by the event that it tells of.
  const failed = step(second.state, refused({ message: "full" }), at(1500));
  expect(failed.effects).toEqual([{ type: "announce" }, { type: "project", attempt: 1, status: "running" }]);
  expect(second.state).toMatchObject({ failing_since: null, failing_ms: 0, refusals: 2 });
  expect(second.effects).toEqual([]);
  expect(step(second.state, full("full"), at(1_000_999)).state.phase).toBe("launching");
  const over = step(second.state, full("full"), at(1_001_000));
  expect(over.state.outcome?.failure).toEqual(buildFailure("queue_expired", "full"));
  expect(step(second.state, refused(), at(500_001)).state.failing_since).toBe(500_001);
});

it("refusals of both kinds in turn do not keep a launch for ever: time spent failing only adds up", () => {
  verifies("run:launch:ends");
  let state = inPhase("launching");
  let now = 1000;
  for (let turn = 0; state.phase === "launching" && turn < 1000; turn += 1) {
    const event = refused(turn % 2 === 0 ? { waits: true, message: "full" } : { message: "503" });
    now = Math.max(now, state.retry_at);
    state = step(state, event, at(now)).state;
  }
  expect(state.outcome?.failure?.code).toBe("e2b_sandbox_error");
  expect(now).toBeLessThan(1000 + 3 * times.launch_patience_ms);
});

it("a launch that only waits for room ends with the patience of the queue, from when the run was accepted", () => {
  verifies("run:launch:ends");
  const waiting = step(inPhase("launching"), refused({ waits: true }), at(2000)).state;
  const woken = (now: number) => step({ ...waiting, retry_at: now + 1 }, { type: "woke" }, at(now)).state;
  expect(woken(1_000_999).phase).toBe("launching");
  expect(woken(1_001_000).outcome?.failure?.code).toBe("queue_expired");
});

it("only an attempt that may have a sandbox leaves one to be killed, and leaves it once", () => {
  verifies("run:kills:repeated");
  const cancelled = (phase: RunPhase, change: Partial<RunState> = {}, now = 2000) =>
    step(inPhase(phase, change), { type: "cancel" }, at(now)).state.owed_kills;
  expect(cancelled("waiting")).toEqual([]);
  const owed = [{ attempt: 1, until: 9000 }];
  expect(cancelled("backoff", { owed_kills: owed })).toEqual(owed);
  expect(cancelled("launching")).toEqual([{ attempt: 1, until: 202_000 }]);
  expect(cancelled("running", { owed_kills: owed })).toEqual([{ attempt: 1, until: 202_000 }]);
  const second = { attempt: 2, owed_kills: owed };
  expect(cancelled("running", second, 8999)).toEqual([...owed, { attempt: 2, until: 208_999 }]);
  // One whose sandbox has lived its life is forgotten.
  expect(cancelled("running", second, 9000)).toEqual([{ attempt: 2, until: 209_000 }]);
});

it("time spent failing is counted to the moment at which only room is wanting, and goes on behind it", () => {
  verifies("run:launch:ends");
  const failing = step(inPhase("launching"), refused(), at(11_000)).state;
  expect(failing).toMatchObject({ failing_since: 1000, failing_ms: 0 });
  const full = step(failing, refused({ waits: true }), at(21_000)).state;
  expect(full).toMatchObject({ failing_since: null, failing_ms: 20_000 });
  const again = step(full, refused(), at(100_000)).state;
  expect(again).toMatchObject({ failing_since: 100_000, failing_ms: 20_000 });
  // 20 of the 60 seconds are used up.
  expect(step(again, refused(), at(139_999)).state.phase).toBe("launching");
  expect(step(again, refused(), at(140_000)).state.outcome?.failure?.code).toBe("e2b_sandbox_error");
});

it("a later attempt waits for room anew, and one that had its turn late has its patience all the same", () => {
  verifies("run:launch:ends");
  const waits = (change: Partial<RunState>, now: number) =>
    step(inPhase("launching", { failing_since: null, retry_at: 1e9, ...change }), { type: "woke" }, at(now))
      .state.phase;
  const late = { accepted_at: 1000, launching_since: 990_000 };
  expect(waits(late, 1_049_999)).toBe("launching");
  expect(waits(late, 1_050_000)).toBe("ended");
  const second = { attempt: 2, accepted_at: 1000, launching_since: 500_000 };
  expect(waits(second, 1_499_999)).toBe("launching");
  expect(waits(second, 1_500_000)).toBe("ended");
  // On a record of the time before it was written down, the phase tells since when.
  expect(waits({ attempt: 2, launching_since: null, phase_since: 300_000 }, 1_299_999)).toBe("launching");
});

it("the sandbox of an attempt that is over is looked for at every wake-up, until its own life is over", () => {
  verifies("run:kills:repeated");
  const lost = step(
    inPhase("running"),
    { type: "lost", attempt: 1, code: "e2b_sandbox_error" },
    at(2000),
  ).state;
  expect(lost).toMatchObject({ attempt: 2, owed_kills: [{ attempt: 1, until: 202_000 }] });
  const effectsAt = (now: number) => step({ ...lost, retry_at: 1e9 }, { type: "woke" }, at(now)).effects;
  expect(effectsAt(3000)).toContainEqual(killAttempt);
  expect(
    step(inPhase("running", { attempt: 2, owed_kills: lost.owed_kills }), { type: "woke" }, at(202_000))
      .effects,
  ).not.toContainEqual(killAttempt);
  const ended = step(lost, { type: "cancel" }, at(4000)).state;
  expect(ended.owed_kills.map(({ attempt }) => attempt)).toEqual([1, 2]);
  expect(step(ended, { type: "woke" }, at(5000)).effects).toEqual([
    { type: "conclude" },
    killAttempt,
    { type: "kill_attempt", attempt: 2 },
  ]);
});

it("a refusal of another attempt or phase changes nothing", () => {
  for (const state of [inPhase("launching", { attempt: 2 }), inPhase("running")])
    expect(step(state, refused(), at(2000))).toEqual({ state, effects: [] });
});

it("a result is settled, also when the launch was never heard of", () => {
  const reported: RunInput = { type: "reported", attempt: 1, result };
  const running = step(inPhase("running"), reported, at(2000));
  expect(running.state).toMatchObject({ phase: "finishing", phase_since: 2000, started_at: 900, result });
  expect(running.effects).toEqual([{ type: "settle", attempt: 1 }]);
  expect(step(inPhase("launching"), reported, at(2000)).state).toMatchObject({
    phase: "finishing",
    started_at: 2000,
  });
  for (const state of [inPhase("running", { attempt: 2 }), inPhase("finishing"), inPhase("ended")])
    expect(step(state, reported, at(2000))).toEqual({ state, effects: [] });
});

it("what models have asked for an attempt is added up over attempts, in billionths of a dollar", () => {
  const asked = { ...result, usage: { ...result.usage, model_usd: 0.25 } };
  const { state } = step(
    inPhase("running", { model_nano_usd: 1 }),
    { type: "reported", attempt: 1, result: asked },
    at(2000),
  );
  expect(state.model_nano_usd).toBe(250_000_001);
});

it("a settled attempt ends the run with its outcome on the record", () => {
  const ended = step(inPhase("finishing"), { type: "settled", attempt: 1, outcome: completed }, at(2000));
  expect(ended.state).toMatchObject({ phase: "ended", ended_at: 2000, phase_since: 2000, result: null });
  expect(ended.state.outcome).toEqual(completed);
  expect(ended.state.attempts).toEqual([
    { attempt: 1, started_at: 950, ended_at: 2000, lost: false, code: null },
  ]);
  expect(ended.effects).toEqual([...endEffects, kill]);
  const unknown = inPhase("finishing", { sandbox_id: null });
  const quiet = step(unknown, { type: "settled", attempt: 1, outcome: completed }, at(2000));
  expect(quiet.effects).toEqual([...endEffects, killAttempt]);
});

it("a settlement of another attempt or phase changes nothing", () => {
  const settled: RunInput = { type: "settled", attempt: 1, outcome: completed };
  for (const state of [inPhase("finishing", { attempt: 2 }), inPhase("running")])
    expect(step(state, settled, at(2000))).toEqual({ state, effects: [] });
});

it("a failure that the manifest retries waits without a sandbox, then starts the next attempt", () => {
  const settled: RunInput = { type: "settled", attempt: 1, outcome: failed };
  const waits = step(inPhase("finishing"), settled, at(2000, { retry }));
  expect(waits.state).toMatchObject({
    phase: "backoff",
    phase_since: 2000,
    retry_at: 7000,
    refused: "it broke",
    sandbox_id: null,
    result: null,
  });
  expect(waits.state.attempts).toMatchObject([{ attempt: 1, lost: false, code: "execution_error" }]);
  expect(waits.effects).toEqual([{ type: "announce" }, kill]);
  const project = { type: "project", attempt: 1, status: "queued" };
  expect(step(waits.state, { type: "woke" }, at(6999))).toEqual({
    state: waits.state,
    effects: [project, killAttempt],
  });
  const again = step(waits.state, { type: "woke" }, at(7000));
  expect(again.state).toMatchObject({
    phase: "launching",
    attempt: 2,
    refused: null,
    attempt_started_at: null,
  });
  expect(again.effects).toEqual([...launchEffects(2), killAttempt]);
  const noSandbox = step(inPhase("finishing", { sandbox_id: null }), settled, at(2000, { retry }));
  expect(noSandbox.effects).toEqual([{ type: "announce" }, killAttempt]);
});

it("a completed attempt is not tried again, whatever the manifest retries", () => {
  const settled: RunInput = { type: "settled", attempt: 1, outcome: completed };
  expect(step(inPhase("finishing"), settled, at(2000, { retry })).state.phase).toBe("ended");
});

it("a script that asks is held; its sandbox and its place are given back", () => {
  const hold = { kind: "approval", expires_at: 9000, verdict: null, votes: [] } as unknown as Hold;
  const settled: RunInput = { type: "settled", attempt: 1, outcome: completed, hold };
  const held = step(inPhase("finishing"), settled, at(2000));
  expect(held.state).toMatchObject({ phase: "held", phase_since: 2000, hold, outcome: null });
  expect(held.effects).toEqual([{ type: "announce" }, { type: "park" }, kill]);
});

it("a lost attempt is followed by another at once, on the platform's budget", () => {
  const lost: RunInput = { type: "lost", attempt: 1, code: "e2b_sandbox_error" };
  const started = { launching: null, running: 950, finishing: 950 };
  const drop = { launching: killAttempt, running: kill, finishing: kill };
  for (const phase of ["launching", "running", "finishing"] as const) {
    const next = step(inPhase(phase), lost, at(2000));
    expect(next.state).toMatchObject({ phase: "launching", attempt: 2, sandbox_id: null, result: null });
    expect(next.state.attempts).toEqual([
      {
        attempt: 1,
        started_at: started[phase],
        ended_at: 2000,
        lost: true,
        code: "e2b_sandbox_error",
      },
    ]);
    expect(next.effects).toEqual([drop[phase], ...launchEffects(2)]);
  }
  expect(step(inPhase("running", { sandbox_id: null }), lost, at(2000)).effects).toEqual(launchEffects(2));
  for (const state of [inPhase("running", { attempt: 2 }), inPhase("backoff"), inPhase("ended")])
    expect(step(state, lost, at(2000))).toEqual({ state, effects: [] });
});

it("the last loss of the platform's budget ends the run; the author's failures do not count there", () => {
  const budget = limits.platform_attempts.value;
  const record = (attempt: number, lost: boolean) => ({
    attempt,
    started_at: 1,
    ended_at: 2,
    lost,
    code: null,
  });
  const losses = Array.from({ length: budget - 1 }, (_, index) => record(index + 1, true));
  const lost: RunInput = { type: "lost", attempt: budget, code: "journal_lost" };
  const over = step(inPhase("running", { attempt: budget, attempts: losses }), lost, at(2000));
  expect(over.state.outcome).toEqual({
    status: "failed",
    failure: buildFailure("journal_lost"),
    outputs: {},
  });
  expect(over.effects).toEqual([...endEffects, kill]);
  const own = [record(1, false), ...losses.slice(1)];
  expect(step(inPhase("running", { attempt: budget, attempts: own }), lost, at(2000)).state.phase).toBe(
    "launching",
  );
});

it("a run out of time ends when the time is over, and not a millisecond before", () => {
  const expired: RunInput = { type: "expired", attempt: 1 };
  const running = inPhase("running");
  expect(isOverdue(running, 100_999, times)).toBe(false);
  expect(isOverdue(running, 101_000, times)).toBe(true);
  expect(isOverdue(inPhase("finishing"), 101_000, times)).toBe(false);
  expect(step(running, expired, at(100_999))).toEqual({ state: running, effects: [] });
  expect(step(running, expired, at(101_000)).state.outcome?.failure?.code).toBe("timeout");
  for (const state of [inPhase("running", { attempt: 2 }), inPhase("finishing")])
    expect(step(state, expired, at(101_000))).toEqual({ state, effects: [] });
});

it("cancelling works in every phase, says in which, and kills what may run", () => {
  const cancel: RunInput = { type: "cancel" };
  const waiting = step(inPhase("waiting"), cancel, at(2000));
  expect(waiting.state.outcome).toEqual({
    status: "cancelled",
    failure: buildFailure("cancelled_queued"),
    outputs: {},
  });
  expect(waiting.state.attempts).toEqual([]);
  expect(waiting.effects).toEqual(endEffects);
  const launching = step(inPhase("launching"), cancel, at(2000));
  expect(launching.state.outcome?.failure?.code).toBe("user_cancel");
  expect(launching.state.attempts).toMatchObject([{ attempt: 1, lost: false, code: "user_cancel" }]);
  expect(launching.effects).toEqual([...endEffects, killAttempt]);
  expect(step(inPhase("running"), cancel, at(2000)).effects).toEqual([...endEffects, kill]);
  const superseded = step(inPhase("running"), { type: "cancel", code: "cancelled_queued" }, at(2000));
  expect(superseded.state.outcome?.failure?.code).toBe("cancelled_queued");
  const ended = inPhase("ended");
  expect(step(ended, cancel, at(2000))).toEqual({ state: ended, effects: [] });
});

it("cancelling a request ends it; once it was approved the follow-up is what must be cancelled", () => {
  const hold = { kind: "approval", expires_at: 9000, verdict: null, votes: [], outcome: completed };
  const held = inPhase("held", { hold: hold as unknown as Hold });
  const cancelled = step(held, { type: "cancel" }, at(2000));
  expect(cancelled.state).toMatchObject({ phase: "ended", hold: { verdict: { status: "rejected" } } });
  expect(cancelled.state.attempts).toEqual([]);
  const resuming = inPhase("resuming", { hold: hold as unknown as Hold });
  const wished = step(resuming, { type: "cancel" }, at(2000));
  expect(wished).toEqual({ state: { ...resuming, cancel_wished: true }, effects: [{ type: "revoke" }] });
  expect(step(wished.state, { type: "woke" }, at(3000)).effects).toEqual([{ type: "revoke" }]);
  expect(step(held, { type: "woke" }, at(9000)).effects).toEqual([{ type: "lapse" }]);
});

it("an attempt is noted once, also when it is cancelled while the next one is waited for", () => {
  const attempts = [{ attempt: 1, started_at: 950, ended_at: 1000, lost: false, code: "execution_error" }];
  const cancelled = step(inPhase("backoff", { attempts }), { type: "cancel" }, at(2000));
  expect(cancelled.state.attempts).toEqual(attempts);
});

const wokeAt = (phase: RunPhase, now: number, change: Partial<RunState> = {}) =>
  step(inPhase(phase, change), { type: "woke" }, at(now));

it("a wake-up repeats what the phase waits for", () => {
  const project = (attempt: number, status = "running") => ({ type: "project", attempt, status });
  expect(wokeAt("waiting", 2000).effects).toEqual([project(0, "queued"), { type: "nudge" }]);
  expect(wokeAt("launching", 2000).effects).toEqual([project(1), { type: "launch", attempt: 1 }]);
  expect(wokeAt("launching", 2000, { retry_at: 2000 }).effects).toHaveLength(2);
  expect(wokeAt("launching", 2000, { retry_at: 2001 }).effects).toEqual([project(1)]);
  expect(wokeAt("running", 2000).effects).toEqual([project(1), { type: "pull", attempt: 1 }]);
  expect(wokeAt("finishing", 2000).effects).toEqual([{ type: "settle", attempt: 1 }]);
  expect(wokeAt("resuming", 2000).effects).toEqual([{ type: "follow_up" }]);
  expect(wokeAt("ended", 2000).effects).toEqual([{ type: "conclude" }]);
  const owed_kills = [{ attempt: 1, until: 9000 }];
  expect(wokeAt("ended", 2000, { owed_kills }).effects).toEqual([{ type: "conclude" }, killAttempt]);
});

it.each([
  ["launching", times.launch_patience_ms, "e2b_sandbox_error"],
  ["finishing", times.finish_ms, "internal_error"],
  ["resuming", 86_400_000, "internal_error"],
] as const)("a wake-up ends %s when its deadline has come", (phase, lasts, code) => {
  expect(wokeAt(phase, 1000 + lasts - 1).state.phase).toBe(phase);
  expect(wokeAt(phase, 1000 + lasts).state.outcome?.failure?.code).toBe(code);
});

it("a launch that was given up says why the last try was turned down", () => {
  const given = wokeAt("launching", 61_000, { refused: "no room" });
  expect(given.state.outcome?.failure).toEqual(buildFailure("e2b_sandbox_error", "no room"));
});

it("an attempt that more than one try may have had sandboxes made for lets go of all of them", () => {
  const cancel: RunInput = { type: "cancel" };
  const once = step(inPhase("running"), cancel, at(2000));
  const more = step(inPhase("running", { launch: 2 }), cancel, at(2000));
  expect(once.effects).toContainEqual(kill);
  expect(more.effects).toContainEqual(killAttempt);
  expect(more.effects).not.toContainEqual(kill);
});

it("a try that was turned down before it had a number leaves the number to the next one", () => {
  const why = { code: "e2b_sandbox_error", message: "away", retry_after_ms: null } as const;
  const refused = (launch: number | null): RunInput => ({ type: "refused", attempt: 1, launch, ...why });
  const launching = inPhase("launching");
  expect(step(launching, refused(null), at(2000)).state.launch).toBe(1);
  expect(step(launching, refused(1), at(2000)).state.launch).toBe(2);
  const later = inPhase("launching", { launch: 3 });
  expect(step(later, refused(2), at(2000)).state.launch).toBe(3);
  expect(step(later, { type: "relaunching", attempt: 1 }, at(2000)).state.launch).toBe(4);
  const others: RunInput[] = [
    { type: "relaunching", attempt: 2 },
    { type: "obtained", attempt: 2, launch: 1 },
  ];
  for (const event of others) expect(step(later, event, at(2000))).toEqual({ state: later, effects: [] });
  const running = inPhase("running");
  for (const type of ["relaunching", "obtained"] as const)
    expect(step(running, { type, attempt: 1, launch: 9 }, at(2000)).state).toBe(running);
});

it("the sandbox in which the script is to be is written down once", () => {
  const obtained = step(inPhase("launching"), { type: "obtained", attempt: 1, launch: 2 }, at(2000));
  expect(obtained.state.sandbox_launch).toBe(2);
  const again = step(obtained.state, { type: "obtained", attempt: 1, launch: 2 }, at(3000));
  expect(again.state).toBe(obtained.state);
});
