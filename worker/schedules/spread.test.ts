import { expect, it } from "vitest";
import { numberedId } from "../../test/support/numbered-id.ts";
import { spreadMs } from "./spread.ts";

it("a worker's schedules start as long after their time each time, and those of many workers over five seconds", () => {
  const ids = Array.from({ length: 1000 }, (_, number) => numberedId("wsp", number));
  const delays = ids.map(spreadMs);
  expect(ids.map(spreadMs)).toEqual(delays);
  const perSecond = [0, 1, 2, 3, 4].map((s) => delays.filter((ms) => Math.floor(ms / 1000) === s).length);
  expect(perSecond.reduce((sum, n) => sum + n)).toBe(1000);
  expect(Math.min(...perSecond)).toBeGreaterThan(150);
});
