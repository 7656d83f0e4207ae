import { expect, it } from "vitest";
import { triggerIdSchema } from "#contract/ids";
import type { CalendarSlot } from "#contract/triggers/calendar";
import { verifies } from "../../../test/verifies.ts";
import { daysOf, readDay, sortIntoDays, step, writeDay } from "./calendar-days.ts";
import { tellMany, tellSlot, worstOf } from "./slot-words.ts";

const today = new Date(2026, 10, 29, 15, 30);
const shown = (days: readonly Date[]) => [days[0], days.at(-1)].map((day) => day && writeDay(day));

it("an address names a day, and what is none means today", () => {
  expect(writeDay(readDay("2026-02-28", today))).toBe("2026-02-28");
  for (const text of ["", "2026-02-31", "2026-2-1", "tomorrow", "99999-01-01"])
    expect(writeDay(readDay(text, today))).toBe("2026-11-29");
  expect(readDay("", today).getHours()).toBe(0);
});

it("a week begins on Monday, and a month is shown with whole weeks", () => {
  expect(shown(daysOf("week", today))).toEqual(["2026-11-23", "2026-11-29"]);
  expect(shown(daysOf("month", today))).toEqual(["2026-10-26", "2026-12-06"]);
  expect(daysOf("month", new Date(2026, 1, 1)).length % 7).toBe(0);
  expect(daysOf("day", today)).toHaveLength(1);
});

it("from the 31st one goes to the last day of a shorter month", () => {
  expect(writeDay(step("month", new Date(2026, 0, 31), 1))).toBe("2026-02-28");
  expect(writeDay(step("month", new Date(2026, 2, 31), -1))).toBe("2026-02-28");
  expect(writeDay(step("week", new Date(2026, 0, 31), 1))).toBe("2026-02-07");
});

const one = triggerIdSchema.parse(`trg_${"0".repeat(26)}`);
const other = triggerIdSchema.parse(`trg_${"1".repeat(26)}`);
function slot(at: Date, more: Partial<CalendarSlot> = {}): CalendarSlot {
  const none = { run_id: null, run_status: null, late_ms: null, is_late: false, code: null, reason: null };
  return { trigger_id: one, due_at: at.toISOString(), state: "expected", ...none, ...more };
}

it("times are sorted into the viewer's days, and within each by schedule", () => {
  verifies("schedule:calendar:expected-beside-actual");
  const days = daysOf("week", today);
  const slots = [
    slot(new Date(2026, 10, 23, 0, 0)),
    slot(new Date(2026, 10, 23, 8, 0), { trigger_id: other }),
    slot(new Date(2026, 10, 23, 23, 59)),
    slot(new Date(2026, 10, 30, 0, 0)),
  ];
  const [monday, ...rest] = sortIntoDays(days, slots);
  expect(monday?.entries.map(({ slots: times }) => times.length)).toEqual([2, 1]);
  expect(rest.flatMap(({ entries }) => entries)).toEqual([]);
});

it("what became of a time is told in words, and of many the worst comes first", () => {
  const at = new Date(2026, 10, 23);
  const failed = slot(at, { state: "started", run_status: "failed" });
  const late = slot(at, { state: "started", run_status: "completed", late_ms: 120_000, is_late: true });
  const many = [slot(at), slot(at, { state: "started", run_status: "completed" }), late, failed];
  expect(tellSlot(late)).toMatch(/^Completed, 2\smin.* late$/);
  expect(tellSlot(slot(at, { state: "started" }))).toContain("not on record any more");
  expect(tellMany(many)).toBe("1 expected, 2 completed, 1 failed, 1 late");
  expect(worstOf(many)).toBe(failed);
  expect(worstOf([])).toBeUndefined();
});
