import type { CalendarSlot } from "#contract/triggers/calendar";

/** What of a calendar is seen at once. */
export type CalendarView = "day" | "week" | "month";

const DAYS_OF_WEEK = 7;

/** A day of the viewer's, as it stands in the address: `2026-11-29`. Pure. */
export function writeDay(date: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The day that an address names, at its midnight; `today` where it names none. Pure. */
export function readDay(text: string, today: Date): Date {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  const date = new Date(Number(year), Number(month) - 1, Number(day));
  // The 31st of a month that has none is no day; neither is what is no number.
  return writeDay(date) === text ? date : atMidnight(today);
}

const atMidnight = (date: Date): Date => new Date(date.getFullYear(), date.getMonth(), date.getDate());

/** So many days later; days on which clocks change are longer or shorter than others. Pure. */
export function addDays(date: Date, days: number): Date {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);
}

function mondayOf(date: Date): Date {
  return addDays(date, -((date.getDay() + DAYS_OF_WEEK - 1) % DAYS_OF_WEEK));
}

/** The days that a view around `on` shows; those of a month with the rest of its first and last week. Pure. */
export function daysOf(view: CalendarView, on: Date): Date[] {
  if (view === "day") return [on];
  const first = view === "week" ? mondayOf(on) : mondayOf(new Date(on.getFullYear(), on.getMonth(), 1));
  const end =
    view === "week" ? addDays(first, DAYS_OF_WEEK) : new Date(on.getFullYear(), on.getMonth() + 1, 1);
  const days: Date[] = [];
  for (let day = first; day < end || days.length % DAYS_OF_WEEK !== 0; day = addDays(day, 1)) days.push(day);
  return days;
}

/** What one view before, or after, is around: the same day of the next month at most, never the month after it. Pure. */
export function step(view: CalendarView, on: Date, by: 1 | -1): Date {
  if (view === "day") return addDays(on, by);
  if (view === "week") return addDays(on, by * DAYS_OF_WEEK);
  const last = new Date(on.getFullYear(), on.getMonth() + by + 1, 0).getDate();
  return new Date(on.getFullYear(), on.getMonth() + by, Math.min(on.getDate(), last));
}

/** What one schedule does on one day. */
export interface DayEntry {
  trigger: string;
  slots: CalendarSlot[];
}

export interface CalendarDay {
  date: Date;
  /** By the first time of each. */
  entries: DayEntry[];
}

/** The slots by the viewer's days, and within each by schedule. Pure. */
export function sortIntoDays(days: readonly Date[], slots: readonly CalendarSlot[]): CalendarDay[] {
  const ofDay = Map.groupBy(slots, ({ due_at: at }) => writeDay(new Date(at)));
  return days.map((date) => {
    const own = Map.groupBy(ofDay.get(writeDay(date)) ?? [], ({ trigger_id: trigger }) => trigger);
    return { date, entries: [...own].map(([trigger, times]) => ({ trigger, slots: times })) };
  });
}
