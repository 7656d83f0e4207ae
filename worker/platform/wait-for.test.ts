import { expect, it } from "vitest";
import { newId } from "./ids.ts";
import { waitForYoung } from "./wait-for.ts";

/** A clock that only sleeping moves. */
function fakeTime(start: number) {
  let now = start;
  return {
    clock: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
}

const noon = 1_700_000_000_000;

it("what was made a moment ago is waited for until it shows", async () => {
  const time = fakeTime(noon);
  const read = async () => (time.clock() >= noon + 100 ? "here" : null);
  expect(await waitForYoung(time, { id: newId("run", noon), graceMs: 1000 }, read)).toBe("here");
  expect(time.clock()).toBeLessThan(noon + 500);
});

it("no longer than the grace, and for an old id not at all", async () => {
  const young = fakeTime(noon);
  expect(await waitForYoung(young, { id: newId("run", noon), graceMs: 1000 }, async () => null)).toBeNull();
  expect(young.clock()).toBeGreaterThanOrEqual(noon + 1000);
  const old = fakeTime(noon);
  const id = newId("run", noon - 60_000);
  expect(await waitForYoung(old, { id, graceMs: 1000 }, async () => undefined)).toBeNull();
  expect(old.clock()).toBe(noon);
});
