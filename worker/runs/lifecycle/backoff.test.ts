import { expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import { backoffMs } from "./backoff.ts";

it("a duty that fails for a day is tried less than a hundred times, the first time after five seconds", () => {
  verifies("run:duties:backoff");
  const day = 86_400_000;
  let tries = 0;
  for (let owed = 0; owed < day; owed += backoffMs(owed, 0)) tries += 1;
  expect(backoffMs(0, 0)).toBe(5000);
  expect(tries).toBeLessThan(100);
  expect(backoffMs(day, 0)).toBe(3_600_000);
});

it("what fails at one moment is tried again at different ones", () => {
  verifies("run:duties:backoff");
  expect(backoffMs(60_000, 0.9)).toBeGreaterThan(backoffMs(60_000, 0.1));
});

it("each wait is a third of what has passed, or a little less, spread by up to a quarter", () => {
  verifies("run:duties:backoff");
  expect(backoffMs(100_000, 0)).toBe(30_000);
  expect(backoffMs(100_000, 0.5)).toBe(33_750);
  expect(backoffMs(0, 0.5)).toBe(5625);
  expect(backoffMs(100_001, 0.5)).toBe(33_750);
});
