import { expect, it } from "vitest";
import { inPhase, times } from "../../../test/support/run-in-phase.ts";
import { verifies } from "../../../test/verifies.ts";
import { heldWake } from "./hold.ts";
import { nextWake } from "./next-wake.ts";
import type { RunPhase, RunState } from "./run-state.ts";

it("a script that runs for hours is looked at less and less often, and at least every half hour", () => {
  verifies("run:budget:rows");
  const hours = { ...times, run_ms: 10 * 3_600_000 };
  const wakes: number[] = [];
  for (let now = 1000; now < 4 * 3_600_000;) {
    now = nextWake(inPhase("running"), now, hours) ?? Infinity;
    wakes.push((now - 1000) / 60_000);
  }
  expect(wakes).toEqual([0.5, 2, 8, 32, 62, 92, 122, 152, 182, 212, 242]);
});

it("the next wake-up is in time for the deadline, and before it for what may have been lost", () => {
  const wake = (phase: RunPhase, now: number, change: Partial<RunState> = {}) =>
    nextWake(inPhase(phase, change), now, times);
  expect(wake("waiting", 2000)).toBe(1_001_000);
  expect(wake("waiting", 900_000)).toBe(1_001_000);
  expect(wake("launching", 2000)).toBe(32_000);
  expect(wake("launching", 50_000)).toBe(61_000);
  expect(wake("launching", 2000, { refusals: 1, retry_at: 4000 })).toBe(4000);
  expect(wake("launching", 5000, { refusals: 1, retry_at: 4000 })).toBe(35_000);
  expect(wake("running", 2000)).toBe(32_000);
  expect(wake("running", 90_000)).toBe(101_000);
  expect(wake("running", 101_000)).toBe(131_000);
  expect(wake("finishing", 2000)).toBe(32_000);
  expect(wake("finishing", 70_000)).toBe(81_000);
  expect(wake("backoff", 2000)).toBe(6000);
  expect(wake("held", 2000)).toBe(heldWake(inPhase("held"), 2000, times));
  expect(wake("resuming", 2000)).toBe(7000);
  expect(wake("resuming", 86_400_500)).toBe(86_401_000);
  // Soon after its end, once, whatever the clock says between two looks at it.
  expect(wake("ended", 1000)).toBe(31_000);
  expect(wake("ended", 30_999)).toBe(31_000);
  const known = { sandbox_id: "s1" };
  expect(wake("ended", 31_000, known)).toBeNull();
  expect(wake("ended", 31_000, { attempt: 0 })).toBeNull();
  // Once more where a sandbox that nobody knows of may still come into being.
  expect(wake("ended", 31_000)).toBe(301_000);
  expect(wake("ended", 31_000, { ...known, launch: 2 })).toBe(301_000);
  expect(wake("ended", 301_000, { ...known, launch: 2 })).toBeNull();
});
