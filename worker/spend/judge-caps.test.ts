import { expect, it } from "vitest";
import { describeCaps, findTightest, listCaps, NANO_USD } from "./judge-caps.ts";
import type { CapSources } from "./judge-caps.ts";
import { daysOfMonth, monthOfDay, periodsAt } from "./spend-period.ts";

const nothing: CapSources = {
  settings: {
    daily_spend_cap_usd: null,
    monthly_spend_cap_usd: null,
    user_daily_spend_cap_usd: null,
    user_monthly_spend_cap_usd: null,
  },
  member: null,
  isPerson: true,
  workerCapUsd: null,
  defaults: { daily: null, monthly: null, userDaily: null, userMonthly: null },
};
const sums = { workspaceDay: 0, workspaceMonth: 0, userDay: 0, userMonth: 0, workerMonth: 0 };
const now = Date.parse("2026-12-31T23:59:00Z");

it("a person has their own cap, else the workspace's for each, else the server's", () => {
  const defaults = { daily: null, monthly: null, userDaily: 9, userMonthly: null };
  const settings = { ...nothing.settings, user_daily_spend_cap_usd: 5 };
  const daily = (change: Partial<CapSources>) =>
    listCaps({ ...nothing, ...change }).find(({ scope, period }) => scope === "user" && period === "day")
      ?.capUsd;
  expect(daily({ defaults })).toBe(9);
  expect(daily({ defaults, settings })).toBe(5);
  const member = { daily_spend_cap_usd: 0, monthly_spend_cap_usd: null };
  expect(daily({ defaults, settings, member })).toBe(0);
  expect(daily({ defaults, isPerson: false })).toBeUndefined();
});

it("the cap of which least is left is the one that counts, and it is told of from four fifths on", () => {
  const settings = { ...nothing.settings, daily_spend_cap_usd: 10, monthly_spend_cap_usd: 100 };
  const caps = listCaps({ ...nothing, settings, workerCapUsd: 5 });
  const states = describeCaps(
    caps,
    { ...sums, workspaceDay: 8 * NANO_USD, workspaceMonth: 79 * NANO_USD, workerMonth: 1 * NANO_USD },
    periodsAt(now),
  );
  expect(findTightest(states)).toMatchObject({
    state: { scope: "workspace", period: "day", warning: true },
    leftNanoUsd: 2 * NANO_USD,
  });
  expect(states.filter(({ warning }) => warning)).toHaveLength(1);
  expect(findTightest(describeCaps(listCaps(nothing), sums, periodsAt(now)))).toBeUndefined();
});

it("a day ends at midnight and a month with its last day, in UTC", () => {
  const settings = { ...nothing.settings, daily_spend_cap_usd: 1, monthly_spend_cap_usd: 1 };
  const states = describeCaps(listCaps({ ...nothing, settings }), sums, periodsAt(now));
  expect(states.slice(0, 2).map(({ resets_at }) => resets_at)).toEqual([
    "2027-01-01T00:00:00.000Z",
    "2027-01-01T00:00:00.000Z",
  ]);
  const { from, to } = daysOfMonth("2024-02");
  expect([to - from, monthOfDay(from), monthOfDay(to)]).toEqual([29, "2024-02", "2024-03"]);
});
