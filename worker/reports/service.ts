// Owns what is told of many runs at once: how they went, by day, as lines and as a table.
// Never looks at more than the newest runs: nothing here takes longer because a workspace has become large.
// Writes nothing.
import type * as z from "zod";
import type { Principal } from "#contract/access/access";
import type { RunId, WorkspaceId } from "#contract/ids";
import { limits } from "#contract/limits";
import type {
  SystemAlert,
  SystemOverview,
  SystemStats,
  Timeseries,
  WorkerStats,
} from "#contract/reports/report";
import type { patternsQuerySchema, RunPatterns } from "#contract/patterns/patterns";
import type { LogLine } from "#contract/runs/run";
import type { RecentStats } from "#contract/workers/worker";
import { hiddenWorkers } from "../access/policy.ts";
import type { MarkTaker } from "../catalog/kept-by-mark.ts";
import { listVisibleWorkers, requireWorker } from "../catalog/require-worker.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import { fillDetail, readView } from "../runs/read/read-run.ts";
import type { ReadDeps } from "../runs/read/read-run.ts";
import { countWaitingRuns, listOutcomes } from "../runs/record/outcome-store.ts";
import { listRunRows } from "../runs/record/store.ts";
import { buildHours, buildStats } from "./build-overview.ts";
import type { Workspace } from "./build-overview.ts";
import { buildRecentStats, buildTimeseries, buildWorkerStats, DAY_MS, firstDay } from "./count-runs.ts";
import type { CountedRuns } from "./count-runs.ts";
import { buildPatterns } from "./build-patterns.ts";
import { findAlerts } from "./find-alerts.ts";
import type { Missed } from "./find-alerts.ts";
import { readWorkerLog } from "./read-worker-log.ts";

export interface ReportDeps extends ReadDeps, MarkTaker {
  db: Db;
  clock: Clock;
  /** Of the server. */
  version: string;
  /** Starts that schedules have missed since then, newest first; at most so many, and none of these workers. */
  listMissed: (of: {
    workspaceId: WorkspaceId;
    hidden: readonly string[];
    since: number;
    limit: number;
  }) => Promise<readonly Missed[]>;
}

const STATS_DAYS = 30;
const RECENT_DAYS = 14;
const OVERVIEW_DAYS = 7;
const RECENT_RUNS = 10;
/** Those who wait are counted up to here. */
const MOST_WAITING = 4000;
const MOST_MISSED = 500;

/** A worker's newest runs made since then; the worker is one that the principal may see the runs of. */
async function countWorker(
  deps: Pick<ReportDeps, "db">,
  principal: Principal,
  of: { name: string; since: number },
): Promise<CountedRuns> {
  const { worker } = await requireWorker(deps, principal, { name: of.name, scope: "runs:read" });
  const limit = limits.report_runs.value;
  const place = { workspaceId: worker.workspace_id, workerName: worker.name };
  return { runs: await listOutcomes(deps.db, { ...place, since: of.since, limit }), since: of.since, limit };
}

/** How a worker's runs of the last 30 days went. */
export async function getWorkerStats(
  deps: ReportDeps,
  principal: Principal,
  name: string,
): Promise<WorkerStats> {
  const since = deps.clock() - STATS_DAYS * DAY_MS;
  return buildWorkerStats(name, await countWorker(deps, principal, { name, since }));
}

/** A worker's runs by day, in UTC, today last. */
export async function getTimeseries(
  deps: ReportDeps,
  principal: Principal,
  { name, days }: { name: string; days: number },
): Promise<Timeseries> {
  const since = firstDay(deps.clock(), days);
  return buildTimeseries(await countWorker(deps, principal, { name, since }), days);
}

/** At which hours runs are made and how long they take: of one worker, or of all that the principal sees. */
export async function getPatterns(
  deps: Pick<ReportDeps, "db" | "clock">,
  principal: Principal,
  { worker: name, days, zone }: z.output<typeof patternsQuerySchema>,
): Promise<RunPatterns> {
  const since = deps.clock() - days * DAY_MS;
  if (name !== undefined) return buildPatterns(await countWorker(deps, principal, { name, since }), zone);
  const limit = limits.report_runs.value;
  const of = { workspaceId: principal.workspace_id, hidden: hiddenWorkers(principal), since, limit };
  return buildPatterns({ runs: await listOutcomes(deps.db, of), since, limit }, zone);
}

/** What a worker's page shows of its last two weeks. */
export async function findRecentStats(
  deps: Pick<ReportDeps, "db" | "clock">,
  of: { workspaceId: string; workerName: string },
): Promise<RecentStats> {
  const now = deps.clock();
  const since = now - RECENT_DAYS * DAY_MS;
  return buildRecentStats(
    await listOutcomes(deps.db, { ...of, since, limit: limits.report_runs.value }),
    now,
  );
}

/** The newest log lines of a worker's newest runs. */
export async function listWorkerLogs(
  deps: ReportDeps,
  principal: Principal,
  of: { name: string; level: LogLine["level"] | undefined; since: string | undefined; limit: number },
) {
  const { worker } = await requireWorker(deps, principal, { name: of.name, scope: "runs:read" });
  const place = { workspaceId: worker.workspace_id, workerName: worker.name };
  const { rows } = await listRunRows(deps.db, { ...place, limit: limits.worker_log_runs.value });
  const readTail = async (runId: RunId) => {
    const view = await readView(deps, { workspaceId: worker.workspace_id, runId });
    return view === null ? [] : fillDetail(view, { outputs: {}, wait: null }).logs;
  };
  const since = of.since === undefined ? undefined : Date.parse(of.since);
  const ids = rows.map(({ id }) => id);
  return readWorkerLog(readTail, ids, { level: of.level, since, limit: of.limit });
}

async function readWorkspace(deps: ReportDeps, principal: Principal): Promise<Workspace> {
  const { workspace_id: workspaceId } = principal;
  const hidden = hiddenWorkers(principal);
  const now = deps.clock();
  const since = now - OVERVIEW_DAYS * DAY_MS;
  const limit = limits.report_runs.value;
  const waiting = (status: "queued" | "pending_approval") =>
    countWaitingRuns(deps.db, { workspaceId, hidden, status, most: MOST_WAITING });
  const [workers, runs, queued, pendingApproval] = await Promise.all([
    listVisibleWorkers(deps, principal, deps.takeMark?.(workspaceId)),
    listOutcomes(deps.db, { workspaceId, hidden, since, limit }),
    waiting("queued"),
    waiting("pending_approval"),
  ]);
  return { workers, counted: { runs, since, limit }, queued, pendingApproval, now };
}

/** The workspace in numbers. */
export async function getStats(deps: ReportDeps, principal: Principal): Promise<SystemStats> {
  return buildStats(await readWorkspace(deps, principal));
}

/** What wants attention. */
export async function listAlerts(deps: ReportDeps, principal: Principal): Promise<SystemAlert[]> {
  const [{ workers, counted }, missed] = await Promise.all([
    readWorkspace(deps, principal),
    listMissed(deps, principal),
  ]);
  return findAlerts(workers, { runs: counted.runs, missed });
}

/** What wants attention of schedules is forgotten after a day; the list of missed starts is not. */
function listMissed(deps: ReportDeps, principal: Principal): Promise<readonly Missed[]> {
  const { workspace_id: workspaceId } = principal;
  const since = deps.clock() - DAY_MS;
  return deps.listMissed({ workspaceId, hidden: hiddenWorkers(principal), since, limit: MOST_MISSED });
}

/** The workspace in numbers, with its newest runs and what wants attention. */
export async function getOverview(deps: ReportDeps, principal: Principal): Promise<SystemOverview> {
  const workspaceId = principal.workspace_id;
  const [workspace, missed, { rows }] = await Promise.all([
    readWorkspace(deps, principal),
    listMissed(deps, principal),
    listRunRows(deps.db, { workspaceId, hidden: hiddenWorkers(principal), limit: RECENT_RUNS }),
  ]);
  return {
    ...buildStats(workspace),
    hourly_24h: buildHours(workspace),
    recent_runs: rows,
    attention: findAlerts(workspace.workers, { runs: workspace.counted.runs, missed }),
  };
}
