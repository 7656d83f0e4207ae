import type { DurationRange, PatternHour, RunPatterns } from "#contract/patterns/patterns";
import type { RunOutcome } from "../runs/record/outcome-store.ts";
import { countRuns, coverageOf, successRate } from "./count-runs.ts";
import type { CountedRuns } from "./count-runs.ts";

/** Where the ranges of durations meet, in milliseconds; steps that people read at a glance. */
const BOUNDS_MS = [
  0, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000,
  3_600_000, 14_400_000,
];
const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** At which hours of which weekdays runs were made in a time zone, and how long they took. Pure. */
export function buildPatterns(counted: CountedRuns, zone: string): RunPatterns {
  const { runs } = counted;
  const counts = countRuns(runs);
  return {
    ...coverageOf(counted),
    zone,
    total: counts.total,
    success_rate: successRate(counts),
    hours: countHours(runs, zone),
    durations: countDurations(runs),
  };
}

function countHours(runs: readonly RunOutcome[], zone: string): PatternHour[] {
  const clock = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    weekday: "short",
    hour: "2-digit",
    hourCycle: "h23",
  });
  const found = new Map<number, PatternHour>();
  for (const { created_at: at, status } of runs) {
    const parts = clock.formatToParts(at);
    const read = (wanted: string) => parts.find(({ type }) => type === wanted)?.value ?? "";
    const [weekday, hour] = [weekdays.indexOf(read("weekday")) + 1, Number(read("hour"))];
    const key = weekday * 24 + hour;
    const one = found.get(key) ?? { weekday, hour, total: 0, failed: 0 };
    found.set(key, { ...one, total: one.total + 1, failed: one.failed + (status === "failed" ? 1 : 0) });
  }
  return [...found].toSorted(([a], [b]) => a - b).map(([, hour]) => hour);
}

function countDurations(runs: readonly RunOutcome[]): DurationRange[] {
  const ranges = BOUNDS_MS.map((from, at) => ({ from_ms: from, to_ms: BOUNDS_MS[at + 1] ?? null, runs: 0 }));
  for (const { status, duration_ms: ms } of runs) {
    if (status !== "completed" || ms === null) continue;
    const range = ranges.findLast(({ from_ms: from }) => ms >= from);
    if (range !== undefined) range.runs += 1;
  }
  const first = ranges.findIndex(({ runs: count }) => count > 0);
  return first === -1 ? [] : ranges.slice(first, ranges.findLastIndex(({ runs: count }) => count > 0) + 1);
}
