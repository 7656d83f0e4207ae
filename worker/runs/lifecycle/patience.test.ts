import { expect, it } from "vitest";
import { buildFailure } from "#contract/runs/run-failure";
import { verifies } from "../../../test/verifies.ts";
import { acceptRun, step } from "./lifecycle.ts";
import { nextWake } from "./next-wake.ts";
import { launchDelayMs } from "./patience.ts";
import type { LifecycleTimes, Moment } from "./run-state.ts";

const times: LifecycleTimes = {
  queue_ms: 1_000_000,
  launch_patience_ms: 60_000,
  run_ms: 100_000,
  finish_ms: 80_000,
  silence_ms: 30_000,
  sandbox_life_ms: 200_000,
};
const moment = (now: number): Moment => ({ now, times, retry: null, jitter: 0 });

it("a run that has waited as long as it may asks whether that time counts, and a pause does not", () => {
  verifies("queue:ttl:pause-stands-still");
  const at = 1000 + times.queue_ms;
  const over = step(acceptRun(false, 1000).state, { type: "woke" }, moment(at));
  expect(over.effects).toEqual([{ type: "ask_pause" }]);
  expect(nextWake(over.state, at, times)).toBe(at + 5000);
  const answer = (paused_ms: number, now = at) =>
    step(over.state, { type: "waited", paused_ms }, moment(now));
  expect(answer(0).state.outcome?.failure?.code).toBe("queue_expired");
  const paused = answer(300_000);
  expect(paused.state.phase).toBe("waiting");
  expect(nextWake(paused.state, at, times)).toBe(at + 300_000);
  expect(step(paused.state, { type: "go" }, moment(at)).state.phase).toBe("launching");
});

it("tries for a sandbox come after 1, 2, 4 ... 15 seconds, or when the provider says", () => {
  expect([0, 1, 2, 3, 4, 9].map((refusals) => launchDelayMs(refusals, null))).toEqual([
    1000, 2000, 4000, 8000, 15_000, 15_000,
  ]);
  expect(launchDelayMs(3, 250)).toBe(250);
});

it("a launch that was given up says why the last try was turned down", () => {
  const given = step(
    { ...acceptRun(true, 1000).state, refused: "no room" },
    { type: "woke" },
    moment(61_000),
  );
  expect(given.state.outcome?.failure).toEqual(buildFailure("e2b_sandbox_error", "no room"));
});

it("a run whose queue never says whether the worker was paused asks ever more seldom, and expires after a day", () => {
  verifies("chaos:simulation:together");
  let { state } = acceptRun(false, 1000);
  let [now, asked] = [1000 + times.queue_ms, 0];
  for (; state.phase === "waiting" && asked < 1000; asked++) {
    state = step(state, { type: "woke" }, moment(now)).state;
    now = nextWake(state, now, times) ?? now;
  }
  expect(state.outcome?.failure?.code).toBe("queue_expired");
  expect(state.ended_at).toBeGreaterThanOrEqual(1000 + times.queue_ms + 86_400_000);
  expect(asked).toBeLessThan(100);
});

it("a run that waits while its worker is paused for long does not ask every few moments for how long", () => {
  verifies("chaos:simulation:together");
  const { state } = acceptRun(false, 1000);
  // Paused since one second before its patience would have been over.
  const at = (pausedForMs: number) => 1000 + times.queue_ms - 1000 + pausedForMs;
  const asksAgainAfter = (pausedForMs: number) =>
    (nextWake({ ...state, paused_ms: pausedForMs }, at(pausedForMs), times) ?? 0) - at(pausedForMs);
  expect(asksAgainAfter(60_000)).toBeGreaterThan(15_000);
  expect(asksAgainAfter(7_200_000)).toBeGreaterThan(1_800_000);
});
