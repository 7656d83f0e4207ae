import { expect, it } from "vitest";
import { acceptRun, step } from "./lifecycle.ts";
import { buildTimes } from "./run-state.ts";
import type { Moment, RunInput } from "./run-state.ts";

const times = buildTimes({ timeout_seconds: 60, install_timeout_seconds: 180, queue_ttl_seconds: 3600 });
const at = (now: number): Moment => ({ now, times, retry: null, jitter: 0 });
const built = (attempt: number): RunInput => ({ type: "built", attempt });

/** A run whose launch was told at 2000 to wait for ten seconds. */
const waiting = step(
  acceptRun(true, 1000).state,
  {
    type: "refused",
    attempt: 1,
    code: "e2b_sandbox_error",
    message: "being built",
    retry_after_ms: 10_000,
    waits: true,
  },
  at(2000),
).state;

it("a launch that waits for what is built elsewhere goes on at that word", () => {
  expect(waiting.retry_at).toBe(12_000);
  const { state, effects } = step(waiting, built(1), at(3000));
  expect(state).toMatchObject({ phase: "launching", retry_at: 3000 });
  expect(effects).toEqual([{ type: "launch", attempt: 1 }]);
});

it("the word of another attempt changes nothing, and neither does one that comes too early or too late", () => {
  const queued = acceptRun(false, 1000).state;
  const launched = step(waiting, { type: "launched", attempt: 1, sandbox_id: "sbx" }, at(4000)).state;
  const cancelled = step(waiting, { type: "cancel" }, at(4000)).state;
  expect(step(waiting, built(2), at(5000))).toEqual({ state: waiting, effects: [] });
  expect(step(queued, built(0), at(5000))).toEqual({ state: queued, effects: [] });
  for (const state of [launched, cancelled])
    expect(step(state, built(1), at(5000))).toEqual({ state, effects: [] });
});
