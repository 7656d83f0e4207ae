import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { atMostEach } from "./watch-logs.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("what comes often is told once at the beginning of each pause, and the last of it is never lost", () => {
  const told: number[] = [];
  const note = atMostEach(1000, () => told.push(Date.now()));
  const start = Date.now();
  for (let at = 0; at < 25; at++) {
    note();
    vi.advanceTimersByTime(100);
  }
  vi.advanceTimersByTime(5000);
  expect(told.map((time) => time - start)).toEqual([0, 1000, 2000, 3000]);
  note();
  expect(told).toHaveLength(5);
});
