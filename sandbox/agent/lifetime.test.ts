import { beforeEach, expect, it } from "vitest";
import { Lifetime } from "./lifetime.ts";

let nowMs = 0;
let ended: string[] = [];
let lifetime: Lifetime;

beforeEach(() => {
  nowMs = 1_000_000;
  ended = [];
  const end = (cause: string): never => {
    ended.push(cause);
    // The real one exits the process; here the tick just ends.
    return undefined as never;
  };
  lifetime = new Lifetime({ end, now: () => nowMs });
});

function tickAt(atMs: number): void {
  while (nowMs + 1_000 < atMs) {
    nowMs += 1_000;
    lifetime.tick();
  }
  nowMs = atMs;
  lifetime.tick();
}

it("never ends a sandbox that was given no deadline", () => {
  tickAt(2_000_000);
  expect(ended).toEqual([]);
});

it("waits five seconds beyond the deadline for the host to do it", () => {
  lifetime.setDeadline(1_010_000);
  tickAt(1_014_999);
  expect(ended).toEqual([]);
  tickAt(1_015_000);
  expect(ended).toEqual(["deadline"]);
});

it("takes the latest deadline, earlier or later", () => {
  lifetime.setDeadline(1_010_000);
  lifetime.setDeadline(1_100_000);
  tickAt(1_050_000);
  expect(ended).toEqual([]);
  lifetime.setDeadline(1_040_000);
  tickAt(1_051_000);
  expect(ended).toEqual(["deadline"]);
});

it("gives the grace anew after a pause, so that a resuming host can move the deadline first", () => {
  lifetime.setDeadline(1_010_000);
  lifetime.tick();
  nowMs = 1_500_000;
  lifetime.tick();
  expect(ended).toEqual([]);
  tickAt(1_504_999);
  expect(ended).toEqual([]);
  tickAt(1_505_000);
  expect(ended).toEqual(["deadline"]);
});
