import { expect, it } from "vitest";
import { Unanswered, within } from "./within.ts";
import type { After } from "./within.ts";

/** Timers that a test lets run out by hand, and how many are still there. */
function holdTimers() {
  const timers = new Map<() => void, number>();
  const after: After = (ms, act) => {
    timers.set(act, ms);
    return () => void timers.delete(act);
  };
  return { after, timers };
}

it("an answer that comes in time is handed on, an error too, and no timer stays behind", async () => {
  const { after, timers } = holdTimers();
  expect(await within(after, 10, async () => "here")).toBe("here");
  await expect(
    within(after, 10, async () => {
      throw new Error("broken");
    }),
  ).rejects.toThrow("broken");
  expect(timers.size).toBe(0);
});

it("who does not answer in time is said to be unanswered, with the time it had", async () => {
  const { after, timers } = holdTimers();
  const waiting = within(after, 25, () => new Promise(() => {}));
  expect([...timers.values()]).toEqual([25]);
  for (const act of timers.keys()) act();
  const error: unknown = await waiting.catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(Unanswered);
  expect(error).toMatchObject({ name: "Unanswered", message: "no answer within 25 ms" });
  expect(timers.size).toBe(0);
});
