import { expect, it } from "vitest";
import { usdPerSecond, sandboxRates } from "#contract/spend/run-cost";
import { inPhase, times } from "../../../test/support/run-in-phase.ts";
import { verifies } from "../../../test/verifies.ts";
import { findOverdue } from "./is-overdue.ts";
import { step } from "./lifecycle.ts";
import { nextWake } from "./next-wake.ts";
import { affordableMs, buildCost, sandboxMs, sandboxNanoUsd } from "./sandbox-cost.ts";

const over = (attempt: number, started_at: number | null, ended_at: number) => ({
  attempt,
  started_at,
  ended_at,
  lost: false,
  code: null,
});

it("every attempt's sandbox costs from its start to the attempt's end, and the one under way until now", () => {
  const state = inPhase("running", {
    attempt: 3,
    attempts: [over(1, 1000, 4000), over(2, null, 9000)],
    attempt_started_at: 10_000,
  });
  expect(sandboxMs(state, 10_500)).toBe(3500);
  expect(sandboxMs(inPhase("waiting"), 99_999)).toBe(0);
  const ended = { ...state, attempts: [...state.attempts, over(3, 10_000, 11_000)], ended_at: 11_000 };
  expect(sandboxMs(ended, 99_999)).toBe(4000);
});

it("a sandbox in E2B's cloud costs what E2B asks for two processors and half a GiB", () => {
  expect(usdPerSecond(sandboxRates)).toBeCloseTo(0.00003025, 12);
  const state = inPhase("running", { attempt_started_at: 0 });
  expect(sandboxNanoUsd(state, usdPerSecond(sandboxRates), 2000)).toBe(60_500);
  expect(buildCost(state, usdPerSecond(sandboxRates), 2000)).toEqual({
    sandbox_usd: 0.0000605,
    model_usd: 0,
    total_usd: 0.0000605,
  });
});

it("a cap is a deadline: the run is woken when the money is spent, and ends then and not before", () => {
  verifies("spend:caps:while-running");
  const ms = affordableMs(4_000_000_000, 2);
  expect(ms).toBe(2000);
  const at = (now: number) => ({ now, times, retry: null, jitter: 0 });
  const launched = { type: "launched", attempt: 1, launch: 1, sandbox_id: "s1", spend_ms: ms } as const;
  const { state } = step(inPhase("launching"), launched, at(1000));
  expect(nextWake(state, 1000, times)).toBe(3000);
  expect(findOverdue(state, 2999, times)).toBeNull();
  expect(step(state, { type: "expired", attempt: 1 }, at(2999)).state).toBe(state);
  const ended = step(state, { type: "expired", attempt: 1 }, at(3000)).state;
  expect(ended.outcome).toMatchObject({
    status: "failed",
    failure: { code: "spend_cap_exceeded", kind: "policy" },
  });
});

it("without a cap a run has its own time and no other end", () => {
  const running = inPhase("running");
  expect(findOverdue(running, 100_999, times)).toBeNull();
  expect(findOverdue(running, 101_000, times)).toBe("timeout");
});

it("a retry begins with what is left then, not with what the attempt before had", () => {
  const lost = step(
    inPhase("running", { spend_ms: 5 }),
    { type: "lost", attempt: 1, code: "e2b_sandbox_error" },
    { now: 2000, times, retry: null, jitter: 0 },
  );
  expect(lost.state).toMatchObject({ phase: "launching", attempt: 2, spend_ms: null });
});
