const DAY_MS = 86_400_000;

/** The day and the month that a time lies in. Days count from 1970 in UTC; `monthTo` is the first one behind the month. */
export interface SpendPeriods {
  day: number;
  monthFrom: number;
  monthTo: number;
}

function monthOf(year: number, month: number): Pick<SpendPeriods, "monthFrom" | "monthTo"> {
  return { monthFrom: Date.UTC(year, month) / DAY_MS, monthTo: Date.UTC(year, month + 1) / DAY_MS };
}

/** `now` in epoch milliseconds. Pure. */
export function periodsAt(now: number): SpendPeriods {
  const date = new Date(now);
  return { day: Math.floor(now / DAY_MS), ...monthOf(date.getUTCFullYear(), date.getUTCMonth()) };
}

/** The days of a month such as 2026-03. Pure. */
export function daysOfMonth(month: string): { from: number; to: number } {
  const { monthFrom: from, monthTo: to } = monthOf(Number(month.slice(0, 4)), Number(month.slice(5)) - 1);
  return { from, to };
}

/** The month of a day, such as 2026-03. Pure. */
export function monthOfDay(day: number): string {
  return dateOfDay(day).slice(0, 7);
}

/** A day as it is written, such as 2026-03-02. Pure. */
export function dateOfDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** When a day begins, epoch milliseconds. Pure. */
export function startOfDay(day: number): number {
  return day * DAY_MS;
}
