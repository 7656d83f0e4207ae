import { expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import { acceptRun, step } from "./lifecycle.ts";
import { nextWake } from "./next-wake.ts";
import { buildTimes } from "./run-state.ts";
import type { Moment, RunInput } from "./run-state.ts";

const times = buildTimes({ timeout_seconds: 60, install_timeout_seconds: 180, queue_ttl_seconds: 3600 });
const at = (now: number): Moment => ({ now, times, retry: null, jitter: 0 });
const built = (attempt: number): RunInput => ({ type: "built", attempt });

const refusal: RunInput = {
  type: "refused",
  attempt: 1,
  code: "e2b_sandbox_error",
  message: "being built",
  retry_after_ms: null,
  waits: true,
  asks_again_ms: 60_000,
};

/** A run whose launch was told at 2000 that it is called, and asks by itself after a minute. */
const waiting = step(acceptRun(true, 1000).state, refusal, at(2000)).state;

it("a launch that waits for what is built elsewhere goes on at that word", () => {
  expect(waiting.asks_again_ms).toBe(60_000);
  const { state, effects } = step(waiting, built(1), at(3000));
  expect(state).toMatchObject({ phase: "launching", retry_at: 3000, asks_again_ms: null });
  expect(effects).toEqual([{ type: "launch", attempt: 1 }]);
});

it("the word of another attempt changes nothing, and neither does one that comes too early or too late", () => {
  const queued = acceptRun(false, 1000).state;
  const launched = step(
    waiting,
    { type: "launched", attempt: 1, launch: 1, sandbox_id: "sbx" },
    at(4000),
  ).state;
  const cancelled = step(waiting, { type: "cancel" }, at(4000)).state;
  expect(step(waiting, built(2), at(5000))).toEqual({ state: waiting, effects: [] });
  expect(step(queued, built(0), at(5000))).toEqual({ state: queued, effects: [] });
  for (const state of [launched, cancelled])
    expect(step(state, built(1), at(5000))).toEqual({ state, effects: [] });
});

it("a run that is called when there is room asks by itself seldom, and writes nothing down when it asks in vain", () => {
  verifies("queue:budget:waiting");
  const again = { ...refusal, message: "being built" };
  expect(step(waiting, again, at(62_000))).toEqual({ state: waiting, effects: [] });
  expect(step(waiting, { ...again, message: "no room" }, at(62_000)).state.refused).toBe("no room");
  const wakes: number[] = [];
  for (let now = 2000; now < 3_600_000;) {
    now = nextWake(waiting, now, times) ?? Infinity;
    wakes.push((now - 1000) / 60_000);
  }
  expect(wakes.map(Math.floor)).toEqual([1, 2, 4, 8, 16, 32, 60]);
  const woken = step(waiting, { type: "woke" }, at(62_000));
  expect(woken).toMatchObject({
    state: waiting,
    effects: [{ type: "project" }, { type: "launch", attempt: 1 }],
  });
});

it("a call changes nothing on the record and begins the launch; lists show it as queued until it has a sandbox", () => {
  verifies("queue:provider:called");
  expect(step(waiting, { type: "called" }, at(9000))).toEqual({
    state: waiting,
    effects: [{ type: "launch", attempt: 1 }],
  });
  const queued = acceptRun(false, 1000).state;
  expect(step(queued, { type: "called" }, at(9000))).toEqual({ state: queued, effects: [] });
  const launched = step(waiting, { type: "launched", attempt: 1, launch: 1, sandbox_id: "sbx" }, at(9000));
  expect(launched.effects).toContainEqual({ type: "project", attempt: 1, status: "running" });
  expect(launched.state.asks_again_ms).toBeNull();
});
