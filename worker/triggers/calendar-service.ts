// Owns the calendar of schedules: what is expected of them beside what became of what was. Reads alone: the times on record
// are their workers' objects', when one comes due again follows from its row, and how a run ended is the runs' to say.
import type { Principal } from "#contract/access/access";
import { limits } from "#contract/limits";
import type { WorkspaceId } from "#contract/ids";
import type { RunStatus } from "#contract/runs/run";
import type { ScheduleCalendar, ScheduleCalendarQuery } from "#contract/triggers/calendar";
import { hiddenWorkers } from "../access/policy.ts";
import { requireWorker } from "../catalog/require-worker.ts";
import { toIso } from "../platform/clock.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import type { ScheduleApi } from "../schedules/schedule-api.ts";
import { buildCalendar, listStartedRuns } from "./build-calendar.ts";
import type { CalendarSpan, ScheduleHistory } from "./build-calendar.ts";
import { listTriggerRows } from "./store.ts";
import type { TriggerRow } from "./store.ts";

/** What a calendar needs. */
export interface CalendarDeps {
  db: Db;
  clock: Clock;
  schedules: (workerId: string) => Pick<ScheduleApi, "scheduleStates" | "listOccurrences">;
  /** How the named runs of a workspace stand; those that are not on record are left out. */
  runStatuses: (workspaceId: WorkspaceId, ids: readonly string[]) => Promise<ReadonlyMap<string, RunStatus>>;
}

const DAY_MS = 86_400_000;
const WEEK_DAYS = 7;

function spanOf({ since, until }: ScheduleCalendarQuery, now: number): CalendarSpan {
  const twoWeeks = 2 * WEEK_DAYS * DAY_MS;
  const end = until === undefined ? undefined : Date.parse(until);
  const begin =
    since === undefined ? (end === undefined ? now - WEEK_DAYS * DAY_MS : end - twoWeeks) : Date.parse(since);
  return { since: begin, until: end ?? begin + twoWeeks, now };
}

/** The calendar of a workspace's schedules, or of one worker's; of workers that are hidden from whoever asks, nothing. */
export async function getScheduleCalendar(
  deps: CalendarDeps,
  principal: Principal,
  query: ScheduleCalendarQuery,
): Promise<ScheduleCalendar> {
  const span = spanOf(query, deps.clock());
  const histories = await readHistories(deps, await listSchedules(deps, principal, query.worker_id));
  const statuses = await deps.runStatuses(principal.workspace_id, listStartedRuns(histories, span));
  const calendars = histories.map((history) => buildCalendar(history, span, statuses));
  return {
    since: toIso(span.since),
    until: toIso(span.until),
    now: toIso(span.now),
    schedules: calendars.map(({ schedule }) => schedule),
    slots: calendars.flatMap(({ slots }) => slots).sort((a, b) => a.due_at.localeCompare(b.due_at)),
  };
}

async function listSchedules(
  deps: CalendarDeps,
  principal: Principal,
  workerName: string | undefined,
): Promise<TriggerRow[]> {
  const of = { workspaceId: principal.workspace_id };
  if (workerName !== undefined) {
    const { worker } = await requireWorker(deps, principal, { name: workerName });
    return keepSchedules(await listTriggerRows(deps.db, { ...of, workerId: worker.id }));
  }
  const hidden = hiddenWorkers(principal);
  const rows = await listTriggerRows(deps.db, of);
  return keepSchedules(rows.filter(({ worker_name: name }) => !hidden.includes(name)));
}

const keepSchedules = (rows: readonly TriggerRow[]) => rows.filter(({ type }) => type === "schedule");

/** What the workers' objects keep, each asked once for when its schedules are due next and once for each schedule. */
async function readHistories(deps: CalendarDeps, rows: readonly TriggerRow[]): Promise<ScheduleHistory[]> {
  const ofWorkers = [...Map.groupBy(rows, ({ worker_id: worker }) => worker)].map(async ([worker, own]) => {
    const object = deps.schedules(worker);
    const states = await object.scheduleStates();
    const next = new Map<string, number | null>(states.map((state) => [state.trigger_id, state.next_at]));
    return Promise.all(
      own.map(async (row) => ({
        row,
        records: await object.listOccurrences(row.id, limits.occurrences_kept.value),
        nextAt: next.get(row.id) ?? null,
      })),
    );
  });
  return (await Promise.all(ofWorkers)).flat();
}
