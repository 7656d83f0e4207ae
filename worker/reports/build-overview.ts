import type { SystemOverview, SystemStats } from "#contract/reports/report";
import type { WorkerVersion } from "../catalog/store.ts";
import { toIso } from "../platform/clock.ts";
import { countRuns, coverageOf, DAY_MS, madeSince, successRate } from "./count-runs.ts";
import type { CountedRuns } from "./count-runs.ts";

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;

/** All that the numbers of a workspace are made of; `counted` are the runs of seven days. */
export interface Workspace {
  workers: readonly WorkerVersion[];
  counted: CountedRuns;
  queued: number;
  pendingApproval: number;
  now: number;
}

/** Whether a worker takes no new runs. Pure. */
export const isPaused = ({ worker, version }: WorkerVersion): boolean =>
  worker.paused_at !== null || version.manifest.paused;

/** The workspace in numbers. Pure. */
export function buildStats({ workers, counted, queued, pendingApproval, now }: Workspace): SystemStats {
  const kept = workers.filter(({ worker }) => worker.archived_at === null);
  const paused = kept.filter(isPaused).length;
  const week = countRuns(counted.runs);
  return {
    ...coverageOf(counted),
    workers: {
      total: workers.length,
      active: kept.length - paused,
      paused,
      archived: workers.length - kept.length,
    },
    runs_24h: countRuns(madeSince(counted.runs, now - DAY_MS)),
    runs_7d: week,
    success_rate_7d: successRate(week),
    queued,
    running: counted.runs.filter(({ status }) => status === "running").length,
    pending_approval: pendingApproval,
  };
}

/** The last 24 hours by hour, the one under way last. Pure. */
export function buildHours({
  counted,
  now,
}: Pick<Workspace, "counted" | "now">): SystemOverview["hourly_24h"] {
  const first = Math.floor(now / HOUR_MS) * HOUR_MS - (DAY_HOURS - 1) * HOUR_MS;
  return Array.from({ length: DAY_HOURS }, (_, at) => {
    const begin = first + at * HOUR_MS;
    const runs = counted.runs.filter((run) => run.created_at >= begin && run.created_at < begin + HOUR_MS);
    const { total, failed } = countRuns(runs);
    return { hour: toIso(begin), total, failed };
  });
}
