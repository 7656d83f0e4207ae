import type { DurationRange, PatternHour, RunPatterns } from "#contract/patterns/patterns";
import { formatCount } from "#contract/words";

/** Monday first. */
export const weekdays: readonly string[] = [
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
  "Sunday",
];

/** An hour of a weekday in words: `Monday, 9:00 to 10:00`. Pure. */
export function tellHour({ weekday, hour }: Pick<PatternHour, "weekday" | "hour">): string {
  return `${weekdays[weekday - 1] ?? ""}, ${hour}:00 to ${(hour + 1) % 24}:00`;
}

/** What a heat map tells, in a sentence. Pure. */
export function describeHours({ hours, total }: Pick<RunPatterns, "hours" | "total">): string {
  const [busiest] = hours.toSorted((a, b) => b.total - a.total);
  if (busiest === undefined) return "Nothing ran.";
  return `${formatCount(total, "run")} by hour and weekday. Most in one hour: ${busiest.total} on ${tellHour(busiest)}.`;
}

/** Where two ranges of durations meet, as short as it can be said: `2.5 s`. Pure. */
function tellBound(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 60_000) return `${ms / 1_000} s`;
  return ms < 3_600_000 ? `${ms / 60_000} min` : `${ms / 3_600_000} h`;
}

/** A range of durations in words: `1 s to 2.5 s`. Pure. */
export function tellRange({ from_ms: from, to_ms: to }: Omit<DurationRange, "runs">): string {
  if (to === null) return `${tellBound(from)} or more`;
  return from === 0 ? `under ${tellBound(to)}` : `${tellBound(from)} to ${tellBound(to)}`;
}

/** The same below a bar, where there is little room: `< 2.5 s`. Pure. */
export function tellShortRange({ from_ms: from, to_ms: to }: Omit<DurationRange, "runs">): string {
  return to === null ? `${tellBound(from)} +` : `< ${tellBound(to)}`;
}

/** What a histogram of durations tells, in a sentence. Pure. */
export function describeDurations(durations: readonly DurationRange[]): string {
  const [commonest] = durations.toSorted((a, b) => b.runs - a.runs);
  if (commonest === undefined) return "No run completed.";
  const total = durations.reduce((sum, { runs }) => sum + runs, 0);
  return `How long ${formatCount(total, "completed run")} took. Most of them: ${tellRange(commonest)}, ${commonest.runs}.`;
}
