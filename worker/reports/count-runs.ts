import type { FailureCategory, RunCounts, Timeseries, WorkerStats } from "#contract/reports/report";
import type { RecentStats } from "#contract/workers/worker";
import { toIso, toIsoOrNull } from "../platform/clock.ts";
import type { RunOutcome } from "../runs/record/outcome-store.ts";
import { categorizeFailure } from "./categorize-failure.ts";

export const DAY_MS = 86_400_000;
const WEEK_DAYS = 7;

/** Some runs, newest first, and what they are all of: those made since then, unless there were more than were read. */
export interface CountedRuns {
  runs: readonly RunOutcome[];
  since: number;
  /** As many as are read at most. */
  limit: number;
}

/** Whether everything since then was counted, and from when on if not. Pure. */
export function coverageOf({ runs, since, limit }: CountedRuns): { complete: boolean; since: string } {
  const complete = runs.length < limit;
  const from = complete ? since : (runs.at(-1)?.created_at ?? since);
  return { complete, since: toIso(from) };
}

/** How many of them ended in which way. Pure. */
export function countRuns(runs: readonly RunOutcome[]): RunCounts {
  return {
    total: runs.length,
    completed: runs.filter(({ status }) => status === "completed").length,
    failed: runs.filter(({ status }) => status === "failed").length,
  };
}

/** The share of runs that completed among those that completed or failed; null where none did. Pure. */
export function successRate({ completed, failed }: RunCounts): number | null {
  const ended = completed + failed;
  return ended === 0 ? null : Math.round((completed / ended) * 10_000) / 10_000;
}

/** The runs that were made since then. Pure. */
export function madeSince(runs: readonly RunOutcome[], since: number): RunOutcome[] {
  return runs.filter((run) => run.created_at >= since);
}

/** The duration below which that share of sorted durations lies (nearest rank); null for none. */
function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}

/** How a worker's runs of the last 30 days went. Durations are those of runs that completed. Pure. */
export function buildWorkerStats(workerName: string, counted: CountedRuns): WorkerStats {
  const { runs } = counted;
  const counts = countRuns(runs);
  const durations = runs
    .flatMap(({ status, duration_ms: ms }) => (status === "completed" && ms !== null ? [ms] : []))
    .toSorted((a, b) => a - b);
  const total = durations.reduce((sum, ms) => sum + ms, 0);
  const troubled = runs.filter(({ status }) => status === "failed" || status === "cancelled");
  const last = runs.find(({ status }) => status === "failed");
  return {
    worker_id: workerName,
    ...coverageOf(counted),
    runs_30d: counts.total,
    completed_30d: counts.completed,
    failed_30d: counts.failed,
    success_rate_30d: successRate(counts),
    avg_duration_ms: durations.length === 0 ? null : Math.round(total / durations.length),
    median_duration_ms: percentile(durations, 0.5),
    p95_duration_ms: percentile(durations, 0.95),
    failures_by_category: countCategories(troubled),
    last_run_at: toIsoOrNull(runs[0]?.created_at ?? null),
    last_error: last?.error ?? null,
    last_error_code: last?.error_code ?? null,
    last_error_at: toIsoOrNull(last?.completed_at ?? null),
  };
}

function countCategories(runs: readonly RunOutcome[]): WorkerStats["failures_by_category"] {
  const found = runs.map((run) => categorizeFailure(run.error_code));
  const count = (category: FailureCategory) => found.filter((one) => one === category).length;
  return {
    timeout: count("timeout"),
    crash: count("crash"),
    config: count("config"),
    auth: count("auth"),
    network: count("network"),
    resource: count("resource"),
    validation: count("validation"),
    quality: count("quality"),
    cancelled: count("cancelled"),
    unknown: count("unknown"),
  };
}

/** When the first of so many days begins whose last is today, in UTC. Pure. */
export function firstDay(now: number, days: number): number {
  return Math.floor(now / DAY_MS) * DAY_MS - (days - 1) * DAY_MS;
}

/** A worker's runs by day, oldest first, also days without any. Pure. */
export function buildTimeseries(counted: CountedRuns, days: number): Timeseries {
  const entries = Array.from({ length: days }, (_, at) => {
    const begin = counted.since + at * DAY_MS;
    const runs = counted.runs.filter((run) => run.created_at >= begin && run.created_at < begin + DAY_MS);
    return { date: toIso(begin).slice(0, 10), ...countRuns(runs) };
  });
  return { ...coverageOf(counted), days: entries };
}

/** How a worker's runs of the last seven days went, beside those of the seven before. Pure. */
export function buildRecentStats(runs: readonly RunOutcome[], now: number): RecentStats {
  const begin = now - WEEK_DAYS * DAY_MS;
  const week = countRuns(madeSince(runs, begin));
  const rate = successRate(week);
  const before = successRate(countRuns(runs.filter((run) => run.created_at < begin)));
  return {
    last_run_at: toIsoOrNull(runs[0]?.created_at ?? null),
    runs_7d: week.total,
    success_rate_7d: rate,
    success_rate_change_7d:
      rate === null || before === null ? null : Math.round((rate - before) * 10_000) / 10_000,
  };
}
