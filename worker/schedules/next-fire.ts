import type { CronExpression } from "../registry/cron/parse-cron.ts";
import { zoneOffsetMs, zoneOffsetOfDayMs } from "./zone-offset.ts";

/*
 * When a cron expression comes due. Wall-clock times are held as epoch milliseconds of the same reading in UTC
 * ("wall"), so that arithmetic on them knows nothing of zones; `instantsOf` maps them to real time.
 *
 * The rule for daylight saving is Vixie cron's (cron(8)). An entry whose minute or hour begins with `*` repeats: it
 * follows the wall clock, so that a skipped hour has none of it and a repeated hour has it in both passes. Every other
 * entry names times: one that falls into a skipped hour fires once, at the first moment after the gap, and one that
 * falls into a repeated hour fires once, in the first pass.
 */
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** A date such as a Monday that is the 29th of February returns within this. */
const HORIZON_YEARS = 41;

/** A schedule that never comes due cannot be parsed; a horizon is there all the same. */
export function nextFire(cron: CronExpression, zone: string, afterMs: number): number | null {
  const repeats = cron.minutes.isWildcard || cron.hours.isWildcard;
  let best: number | null = null;
  for (const wall of wallTimes(cron, firstWall(zone, afterMs))) {
    const instants = instantsOf(zone, wall, repeats);
    const [earliest] = instants;
    for (const instant of instants)
      if (instant > afterMs && (best === null || instant < best)) best = instant;
    // Later readings of the wall clock come no earlier than this one's first instant.
    if (best !== null && earliest !== undefined && earliest >= best) return best;
  }
  return best;
}

/** The next `count` times, oldest first. */
export function nextFires(
  cron: CronExpression,
  zone: string,
  from: { afterMs: number; count: number },
): number[] {
  const times: number[] = [];
  for (let after: number | null = from.afterMs; times.length < from.count;) {
    after = nextFire(cron, zone, after);
    if (after === null) break;
    times.push(after);
  }
  return times;
}

/** The reading to begin with: the clock's own, or earlier by as much as clocks are set back around this time. */
function firstWall(zone: string, afterMs: number): number {
  const now = zoneOffsetMs(zone, afterMs);
  const around = [
    now,
    zoneOffsetOfDayMs(zone, afterMs - DAY_MS),
    zoneOffsetOfDayMs(zone, afterMs + 2 * DAY_MS),
  ];
  const setBack = Math.max(...around) - Math.min(...around);
  return afterMs + now - setBack;
}

/** The instants at which the zone's clock shows `wall` and the entry fires: none, one or two, oldest first. */
function instantsOf(zone: string, wall: number, repeats: boolean): number[] {
  const before = zoneOffsetOfDayMs(zone, wall - DAY_MS);
  const after = zoneOffsetOfDayMs(zone, wall + 2 * DAY_MS);
  if (before === after) return [wall - before];
  const shown = [before, after].map((offset) => ({ instant: wall - offset, offset }));
  const real = shown.filter(({ instant, offset }) => zoneOffsetMs(zone, instant) === offset);
  const [first, second] = real;
  if (first && second) return repeats ? [first.instant, second.instant] : [first.instant];
  if (first) return [first.instant];
  return repeats ? [] : [endOfGap(zone, wall - after, wall - before)];
}

/** The first instant with the new offset, between two instants that have different ones. */
function endOfGap(zone: string, low: number, high: number): number {
  const changed = zoneOffsetMs(zone, high);
  let [from, to] = [low, high];
  while (to - from > 1) {
    const middle = Math.floor((from + to) / 2);
    if (zoneOffsetMs(zone, middle) === changed) to = middle;
    else from = middle;
  }
  return to;
}

/** Every reading of the wall clock, from `first` on, that the fields name. */
function* wallTimes(cron: CronExpression, first: number): Generator<number> {
  const times = timesOfDay(cron);
  for (const day of wallDays(cron, Math.floor(first / DAY_MS) * DAY_MS))
    for (const time of times) if (day + time >= first) yield day + time;
}

/** The times that the hour and the minute name, milliseconds after midnight, earliest first. */
function timesOfDay({ hours, minutes }: CronExpression): number[] {
  return hours.values.flatMap((hour) => minutes.values.map((minute) => hour * HOUR_MS + minute * MINUTE_MS));
}

function* wallDays(cron: CronExpression, firstDay: number): Generator<number> {
  const date = new Date(firstDay);
  const lastYear = date.getUTCFullYear() + HORIZON_YEARS;
  while (date.getUTCFullYear() <= lastYear) {
    if (!cron.months.values.includes(date.getUTCMonth() + 1)) {
      date.setUTCMonth(date.getUTCMonth() + 1, 1);
      continue;
    }
    if (isDay(cron, date)) yield date.getTime();
    date.setUTCDate(date.getUTCDate() + 1);
  }
}

/** When both the day of the month and the weekday are restricted, one of them is enough; a wildcard restricts nothing. */
function isDay({ days, weekdays }: CronExpression, date: Date): boolean {
  const byDay = days.values.includes(date.getUTCDate());
  const byWeekday = weekdays.values.includes(date.getUTCDay());
  return days.isWildcard || weekdays.isWildcard ? byDay && byWeekday : byDay || byWeekday;
}
