import { expect, test } from "vitest";
import { describeDurations, describeHours, tellRange, tellShortRange } from "./pattern-words.ts";

test("a heat map is told by its busiest hour", () => {
  const hours = [
    { weekday: 1, hour: 9, total: 2, failed: 0 },
    { weekday: 7, hour: 23, total: 5, failed: 1 },
  ];
  expect(describeHours({ hours, total: 7 })).toBe(
    "7 runs by hour and weekday. Most in one hour: 5 on Sunday, 23:00 to 0:00.",
  );
  expect(describeHours({ hours: [], total: 0 })).toBe("Nothing ran.");
});

test("a histogram is told by the range that is commonest", () => {
  const ranges = [
    { from_ms: 0, to_ms: 100, runs: 1 },
    { from_ms: 14_400_000, to_ms: null, runs: 3 },
  ];
  expect(ranges.map(tellRange)).toEqual(["under 100 ms", "4 h or more"]);
  expect(tellRange({ from_ms: 2500, to_ms: 60_000 })).toBe("2.5 s to 1 min");
  expect(ranges.map(tellShortRange)).toEqual(["< 100 ms", "4 h +"]);
  expect(describeDurations(ranges)).toContain("How long 4 completed runs took.");
  expect(describeDurations([])).toBe("No run completed.");
});
