import { expect, it } from "vitest";
import { runnerLimits as limits } from "./limits.ts";
import { isLaterUse, nextUse, parseUse } from "./sandbox-use.ts";

it("the first turn goes by the sandbox's own id, later ones say which they are and how old the sandbox is", () => {
  expect(parseUse("sbx-1")).toEqual({ sandboxId: "sbx-1", use: 1, madeAt: null });
  const second = nextUse("sbx-1", { startedAt: 1000, now: 2000 });
  expect(second).toBe("sbx-1#2@1000");
  expect(parseUse("sbx-1#2@1000")).toEqual({ sandboxId: "sbx-1", use: 2, madeAt: 1000 });
  expect(nextUse("sbx-1#2@1000", { startedAt: 5000, now: 6000 })).toBe("sbx-1#3@1000");
  expect([isLaterUse("sbx-1"), isLaterUse(null), isLaterUse("sbx-1#2@1000")]).toEqual([false, false, true]);
});

it("a sandbox that is old or has served often gets no other turn", () => {
  const age = limits.sandbox_reuse_seconds.value * 1000;
  expect(nextUse("sbx", { startedAt: 1000, now: 999 + age })).not.toBeNull();
  expect(nextUse("sbx", { startedAt: 1000, now: 1000 + age })).toBeNull();
  expect(nextUse("sbx#4@1000", { startedAt: 900 + age, now: 1000 + age })).toBeNull();
  const last = limits.sandbox_uses.value;
  expect(nextUse(`sbx#${last - 1}@1000`, { startedAt: 1000, now: 2000 })).toBe(`sbx#${last}@1000`);
  expect(nextUse(`sbx#${last}@1000`, { startedAt: 1000, now: 2000 })).toBeNull();
});
