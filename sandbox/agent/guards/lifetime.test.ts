import { beforeEach, expect, it } from "vitest";
import { ActiveClock } from "../active-clock.ts";
import { Lifetime } from "./lifetime.ts";

let nowMs = 0;
let ended: string[] = [];
let lifetime: Lifetime;
let clock: ActiveClock;

beforeEach(() => {
  nowMs = 1_000_000;
  ended = [];
  const end = (cause: string): never => {
    ended.push(cause);
    // The real one exits the process; here the tick just ends.
    return undefined as never;
  };
  clock = new ActiveClock(() => nowMs);
  lifetime = new Lifetime({ end, now: () => nowMs, clock });
});

function liveUntil(atMs: number): void {
  while (nowMs < atMs) {
    nowMs = Math.min(atMs, nowMs + 500);
    clock.activeMs();
    lifetime.tick();
  }
}

it("never ends a sandbox that was given no deadline", () => {
  liveUntil(2_000_000);
  expect(ended).toEqual([]);
});

it("waits five seconds beyond the deadline for the host to do it", () => {
  lifetime.setDeadline(1_010_000);
  liveUntil(1_014_999);
  expect(ended).toEqual([]);
  liveUntil(1_015_000);
  expect(ended).toEqual(["deadline"]);
});

it("takes the latest deadline, earlier or later", () => {
  lifetime.setDeadline(1_010_000);
  lifetime.setDeadline(1_100_000);
  liveUntil(1_050_000);
  expect(ended).toEqual([]);
  lifetime.setDeadline(1_040_000);
  liveUntil(1_055_500);
  expect(ended).toEqual(["deadline"]);
});

it("gives the grace anew after a pause, so that a resuming host can move the deadline first", () => {
  lifetime.setDeadline(1_010_000);
  liveUntil(1_002_000);
  nowMs = 1_500_000;
  lifetime.tick();
  liveUntil(1_504_500);
  expect(ended).toEqual([]);
  liveUntil(1_505_000);
  expect(ended).toEqual(["deadline"]);
});

it("does not count a pause as active time", () => {
  const before = clock.activeMs();
  liveUntil(1_003_000);
  nowMs = 9_000_000;
  clock.activeMs();
  liveUntil(9_002_000);
  expect(clock.activeMs() - before).toBe(5_000);
});
