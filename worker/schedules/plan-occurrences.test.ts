import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import type { MissedRule } from "#contract/manifest/manifest";
import { parseCron } from "../registry/cron/parse-cron.ts";
import { nextFire } from "./next-fire.ts";
import { planOccurrences } from "./plan-occurrences.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const noon = Date.UTC(2026, 0, 5, 12);

/** A schedule in UTC whose first time that was not dealt with is `nextAt`. */
function build(expression: string, missed: MissedRule, nextAt = noon) {
  const parsed = parseCron(expression);
  if (!parsed.ok) throw new Error(parsed.reason);
  return { cron: parsed.cron, timezone: "UTC", missed, nextAt };
}

const hours = (count: number) => Array.from({ length: count }, (_, index) => noon + index * HOUR_MS);

it.each(["skip", "once", "all"] as const)("nothing starts before its time (%s)", (missed) => {
  const plan = planOccurrences(build("0 * * * *", missed), noon - 1);
  expect(plan).toEqual({ start: [], skip: [], forgotten: false, nextAt: noon });
});

it.each(["skip", "once", "all"] as const)(
  "a time that has come starts, and the next one is set (%s)",
  (missed) => {
    const plan = planOccurrences(build("0 * * * *", missed), noon);
    expect(plan).toEqual({ start: [noon], skip: [], forgotten: false, nextAt: noon + HOUR_MS });
  },
);

it("a minute late is on time; a millisecond more is missed", () => {
  const late = limits.schedule_late_seconds.value * 1000;
  expect(planOccurrences(build("0 * * * *", "skip"), noon + late).start).toEqual([noon]);
  expect(planOccurrences(build("0 * * * *", "skip"), noon + late + 1)).toMatchObject({
    start: [],
    skip: [noon],
  });
});

it("missed times are left out, made up for by the newest, or all made up for", () => {
  const now = noon + 2 * HOUR_MS + 30 * MINUTE_MS;
  const passed = hours(3);
  const nextAt = noon + 3 * HOUR_MS;
  const plan = (missed: MissedRule) => planOccurrences(build("0 * * * *", missed), now);
  expect(plan("skip")).toEqual({ start: [], skip: passed, forgotten: false, nextAt });
  expect(plan("once")).toEqual({
    start: passed.slice(2),
    skip: passed.slice(0, 2),
    forgotten: false,
    nextAt,
  });
  expect(plan("all")).toEqual({ start: passed, skip: [], forgotten: false, nextAt });
});

it("with once, a time that is on time stands for those that were missed", () => {
  const plan = planOccurrences(build("0 * * * *", "once"), noon + 2 * HOUR_MS);
  expect(plan.start).toEqual([noon + 2 * HOUR_MS]);
  expect(plan.skip).toEqual(hours(2));
  const both = planOccurrences(build("* * * * *", "once"), noon + MINUTE_MS);
  expect(both.start).toEqual([noon, noon + MINUTE_MS]);
});

it("all makes up for no more than the limit, the newest of them", () => {
  const most = limits.catch_up_runs.value;
  const plan = planOccurrences(build("0 * * * *", "all"), noon + (most + 4) * HOUR_MS);
  const passed = hours(most + 5);
  expect(plan.start).toEqual(passed.slice(-most));
  expect(plan.skip).toEqual(passed.slice(0, 5));
});

it("no more skipped times are listed than are kept", () => {
  const kept = limits.occurrences_kept.value;
  const now = noon + (kept + 50) * MINUTE_MS + 30_000;
  const { skip } = planOccurrences(build("* * * * *", "skip"), now);
  expect(skip).toHaveLength(kept);
  expect(skip.at(-1)).toBe(noon + (kept + 49) * MINUTE_MS);
});

it("times beyond the reach of catching up are forgotten, and those within it are not", () => {
  const reach = limits.catch_up_seconds.value * 1000;
  const within = planOccurrences(build("0 12 * * *", "once"), noon + reach);
  expect(within.forgotten).toBe(false);
  expect(within.skip[0]).toBe(noon);
  const beyond = planOccurrences(build("0 12 * * *", "once"), noon + reach + 1);
  expect(beyond.forgotten).toBe(true);
  expect(beyond.skip[0]).toBe(noon + 24 * HOUR_MS);
  expect(beyond.nextAt).toBe(noon + reach + 24 * HOUR_MS);
});

it("a week of every minute is not gone through time by time, whatever becomes of it", () => {
  for (const missed of ["skip", "once", "all"] as const) {
    let asked = 0;
    const count: typeof nextFire = (...of) => {
      asked += 1;
      return nextFire(...of);
    };
    const plan = planOccurrences(build("* * * * *", missed), noon + 7 * 24 * HOUR_MS, count);
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThan(500);
    expect(plan.nextAt).toBe(noon + 7 * 24 * HOUR_MS + MINUTE_MS);
  }
});

/** Every time of a schedule up to now, as far back as is caught up, and the one that follows. */
function listAll(
  { cron, nextAt }: ReturnType<typeof build>,
  now: number,
): { all: number[]; at: number | null } {
  const since = now - limits.catch_up_seconds.value * 1000;
  const all: number[] = [];
  let at = nextAt < since ? nextFire(cron, "UTC", since) : nextAt;
  for (; at !== null && at <= now; at = nextFire(cron, "UTC", at)) all.push(at);
  return { all, at };
}

/** Of all times those that start, by the rule's own words. */
function choose(missed: MissedRule, all: readonly number[], now: number): number[] {
  if (missed === "all") return all.slice(-limits.catch_up_runs.value);
  const onTime = all.filter((time) => now - time <= limits.schedule_late_seconds.value * 1000);
  return missed === "once" && onTime.length === 0 ? all.slice(-1) : onTime;
}

const expressions = ["* * * * *", "*/7 * * * *", "0 * * * *", "30 3 * * *", "0 9 * * 1", "0 0 29 2 *"];

it.each(expressions)(
  "what %s starts and lists is the same as if every time had been looked at",
  (expression) => {
    for (const missed of ["skip", "once", "all"] as const) {
      const first = nextFire(build(expression, missed).cron, "UTC", noon) ?? 0;
      for (const hoursLater of [0, 1, 5, 26, 167, 169, 900]) {
        const schedule = build(expression, missed, first);
        const now = first + hoursLater * HOUR_MS;
        const { all, at } = listAll(schedule, now);
        const plan = planOccurrences(schedule, now);
        const left = all.filter((time) => !plan.start.includes(time));
        expect(plan.nextAt).toBe(at);
        expect(plan.start).toEqual(choose(missed, all, now));
        expect(plan.skip).toEqual(left.slice(-limits.occurrences_kept.value));
      }
    }
  },
);
