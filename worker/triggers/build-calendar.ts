import type { CalendarSchedule, CalendarSlot } from "#contract/triggers/calendar";
import { limits } from "#contract/limits";
import type { RunId } from "#contract/ids";
import type { RunStatus } from "#contract/runs/run";
import { toIso, toIsoOrNull } from "../platform/clock.ts";
import { parseCron } from "../registry/cron/parse-cron.ts";
import { nextFire } from "../schedules/next-fire.ts";
import type { OccurrenceRecord } from "../schedules/schedule-api.ts";
import type { TriggerRow } from "./store.ts";
import { scheduleSpecDocument } from "./trigger-spec.ts";

/** What a calendar shows, epoch milliseconds: from `since` to before `until`, as it is seen at `now`. */
export interface CalendarSpan {
  since: number;
  until: number;
  now: number;
}

/** All that the calendar of one schedule is made of. */
export interface ScheduleHistory {
  row: TriggerRow;
  /** What its object keeps of its times, newest first, at most as many as are kept. */
  records: readonly OccurrenceRecord[];
  /** The first time that its object has not dealt with; null where it knows of none. */
  nextAt: number | null;
}

type Statuses = ReadonlyMap<string, RunStatus>;

const LATE_MS = limits.schedule_late_seconds.value * 1000;
const MOST_EXPECTED = limits.calendar_expected.value;
const KEPT = limits.occurrences_kept.value;

/** One schedule in a calendar: what became of its times within the span, and when it is expected. Pure. */
export function buildCalendar(
  history: ScheduleHistory,
  span: CalendarSpan,
  statuses: Statuses,
): { schedule: CalendarSchedule; slots: CalendarSlot[] } {
  const { row, records } = history;
  const { cron, timezone } = scheduleSpecDocument.read(row.spec);
  const past = records.filter(({ due_at: at }) => isWithin(span, at)).reverse();
  const { times, isCut } = listExpected(history, span);
  const oldest = records.length < KEPT ? null : (records.at(-1)?.due_at ?? null);
  return {
    schedule: {
      trigger_id: row.id,
      worker_id: row.worker_name,
      name: row.name,
      cron,
      timezone,
      paused: row.paused,
      known_from: toIsoOrNull(oldest),
      known_until: isCut ? toIsoOrNull(times.at(-1) ?? null) : null,
    },
    slots: [
      ...past.map((record) => toSlot(record, span.now, statuses)),
      ...times.map((at) => toExpected(row, at, span.now)),
    ],
  };
}

const isWithin = ({ since, until }: CalendarSpan, at: number) => at >= since && at < until;

/**
 * The times of the span that nothing has become of: those ahead, and those that have passed and that the schedule's object
 * has not looked at yet.
 */
function listExpected(
  { row, records, nextAt }: ScheduleHistory,
  span: CalendarSpan,
): { times: number[]; isCut: boolean } {
  const { cron, timezone } = scheduleSpecDocument.read(row.spec);
  const parsed = parseCron(cron);
  if (!parsed.ok || row.paused) return { times: [], isCut: false };
  const dealtWith = new Set(records.map(({ due_at: at }) => at));
  const from = Math.max(span.since, Math.min(span.now, nextAt ?? span.now)) - 1;
  const times: number[] = [];
  for (let at = nextFire(parsed.cron, timezone, from); at !== null && at < span.until;) {
    if (times.length === MOST_EXPECTED) return { times, isCut: true };
    if (!dealtWith.has(at)) times.push(at);
    at = nextFire(parsed.cron, timezone, at);
  }
  return { times, isCut: false };
}

function toExpected(row: TriggerRow, at: number, now: number): CalendarSlot {
  return {
    trigger_id: row.id,
    due_at: toIso(at),
    state: at > now ? "expected" : "waiting",
    run_id: null,
    run_status: null,
    ...lateness(at > now ? null : now - at),
    code: null,
    reason: null,
  };
}

function lateness(ms: number | null): Pick<CalendarSlot, "late_ms" | "is_late"> {
  const late = ms === null ? null : Math.max(0, ms);
  return { late_ms: late, is_late: late !== null && late > LATE_MS };
}

function toSlot(record: OccurrenceRecord, now: number, statuses: Statuses): CalendarSlot {
  const { due_at: at, started_at: startedAt, status, run_id: run, trigger_id } = record;
  const begun = status === "due" ? now : startedAt;
  return {
    trigger_id,
    due_at: toIso(at),
    state: stateOf(record),
    run_id: run,
    run_status: run === null ? null : (statuses.get(run) ?? null),
    ...lateness(begun === null ? null : begun - at),
    code: record.code,
    reason: record.reason,
  };
}

function stateOf({ status, code }: OccurrenceRecord): CalendarSlot["state"] {
  if (status === "due") return "waiting";
  if (status === "started") return "started";
  if (status === "failed") return "refused";
  return code === "missed" ? "missed" : "skipped";
}

/** The runs that the times within a span started. Pure. */
export function listStartedRuns(histories: readonly ScheduleHistory[], span: CalendarSpan): RunId[] {
  const within = histories.flatMap(({ records }) => records).filter(({ due_at: at }) => isWithin(span, at));
  return within.map(({ run_id: run }) => run).filter((run) => run !== null);
}
