import { expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import { wakeParts } from "./object-part.ts";

it("a part that hangs and one that fails keep no other from waking, and both are told of in the end", async () => {
  verifies("queue:wake:nobody-delays-others");
  const woken: string[] = [];
  const timers: (() => void)[] = [];
  const part = (name: string, end: () => Promise<void>) => ({
    wake: async () => {
      woken.push(name);
      await end();
    },
  });
  const waking = wakeParts(
    [
      part("hangs", () => new Promise(() => {})),
      part("fails", () => Promise.reject(new Error("no"))),
      part("is well", async () => {}),
    ],
    0,
    (_ms, act) => {
      timers.push(act);
      return () => {};
    },
  );
  expect(woken).toEqual(["hangs", "fails", "is well"]);
  timers[0]?.();
  expect((await waking).map(String)).toEqual(["Unanswered: no answer within 30000 ms", "Error: no"]);
});
