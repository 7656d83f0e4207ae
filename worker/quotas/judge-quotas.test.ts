import { expect, it } from "vitest";
import { dayOf, describeQuotas, isBeyond, limitOf, refuseStart, refuseThing } from "./judge-quotas.ts";

const none = { workers: null, triggers: null, starts_per_day: null };
const now = Date.parse("2026-03-02T22:00:00Z");

it("a quota that is set takes the place of the one for all, and 0 is one that lets nothing in", () => {
  expect([limitOf(none, "workers"), limitOf({ ...none, workers: 0 }, "workers")]).toEqual([2000, 0]);
  expect(limitOf(none, "starts_per_day")).toBeNull();
  expect(isBeyond(0, { used: 0, more: 1 })).toBe(true);
  expect(isBeyond(3, { used: 2, more: 1 })).toBe(false);
  expect(isBeyond(null, { used: 1_000_000, more: 1 })).toBe(false);
});

it("says what is used of each quota, and when a day's is counted anew", () => {
  const use = { workers: 3, triggers: 5, starts_per_day: null };
  const states = describeQuotas({ ...none, triggers: 4 }, use, now);
  expect(states).toEqual([
    { quota: "workers", used: 3, limit: 2000, is_default: true, resets_at: null },
    { quota: "triggers", used: 5, limit: 4, is_default: false, resets_at: null },
    {
      quota: "starts_per_day",
      used: null,
      limit: null,
      is_default: true,
      resets_at: "2026-03-03T00:00:00.000Z",
    },
  ]);
});

it("a refusal says which quota, how much is used, what to do, and how long to wait where time helps", () => {
  const things = refuseThing("triggers", { used: 4, more: 2, limit: 5 });
  expect(things.message).toBe(
    "The workspace has 4 triggers of the 5 that its quota allows, and this would be 2 more. Delete triggers that are not needed, or have the server's owner raise the quota triggers.",
  );
  expect(things.options.retryAfterSeconds).toBeUndefined();
  const start = refuseStart(10, now);
  expect([start.status, start.options.retryAfterSeconds]).toEqual([429, 7200]);
  expect(start.message).toContain("10 runs that its quota starts_per_day allows today");
  expect(dayOf(now)).toBe(20_514);
});
