import { expect, it } from "vitest";
import { nextPause } from "./next-pause.ts";

it("who listens long is looked after less and less often, and five minutes are some forty looks", () => {
  let [pause, spent, looks] = [nextPause(null), 0, 0];
  expect(pause).toBe(1000);
  for (; spent < 300_000; looks += 1) {
    spent += pause;
    pause = nextPause(pause);
  }
  expect(pause).toBe(10_000);
  expect(looks).toBeLessThan(45);
});
