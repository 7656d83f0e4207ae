import { lazy, Suspense } from "react";
import { Link } from "wouter";
import { reportRoutes } from "#contract/reports/routes";
import type { SystemOverview } from "#contract/reports/report";
import { RunBars } from "../../charts/run-bars.tsx";
import { useRead } from "../../api/use-read.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { NoWorkers } from "../../parts/no-workers.tsx";
import { PageHeading } from "../../parts/page-heading.tsx";
import { RunRows } from "../../run-parts/run-rows.tsx";
import { Skeleton } from "../../parts/skeleton.tsx";
import { WhenSeen } from "../../parts/when-seen.tsx";
import { Stat, formatShare } from "../../parts/stat.tsx";

/** What asks further rooms of the API comes after what is seen first. */
const RunPatternsView = lazy(async () => ({
  default: (await import("../../charts/run-patterns.tsx")).RunPatternsView,
}));
const Attention = lazy(async () => ({ default: (await import("./attention.tsx")).Attention }));
const NextStarts = lazy(async () => ({ default: (await import("./next-starts.tsx")).NextStarts }));
const SpendStat = lazy(async () => ({ default: (await import("./spend-stat.tsx")).SpendStat }));

const BUSY_REFRESH_MS = 3_000;
const IDLE_REFRESH_MS = 30_000;

/** How the workspace is doing: what wants somebody, what ran, what is next, what it costs. */
export function OverviewPage() {
  const overview = useRead(reportRoutes.getSystemOverview, {
    refreshMs: ({ queued, running }) => (queued + running > 0 ? BUSY_REFRESH_MS : IDLE_REFRESH_MS),
  });
  return (
    <>
      <PageHeading title="Overview" />
      <Loaded query={overview} what="the overview" rows={8}>
        {(data) => <Overview overview={data} />}
      </Loaded>
    </>
  );
}

/** The overview once it is known; a workspace without workers says what to do first. */
export function Overview({ overview }: { overview: SystemOverview }) {
  const { workers, recent_runs: runs } = overview;
  if (workers.total === 0 && runs.length === 0) return <NoWorkers />;
  return (
    <>
      <Numbers overview={overview} />
      <div className="two-columns">
        <section aria-labelledby="runs-heading">
          <div className="head-row">
            <h2 id="runs-heading">Last runs</h2>
            <Link to="/runs">All runs</Link>
          </div>
          {runs.length === 0 ? (
            <p className="card muted">
              Nothing has run yet. Choose <Link to="/workers">a worker</Link> and press Run.
            </p>
          ) : (
            <div className="card">
              <RunRows runs={runs} withWorker />
            </div>
          )}
        </section>
        <div>
          <Suspense fallback={<Skeleton rows={6} label="Loading what wants you" />}>
            <Attention alerts={overview.attention} pending={overview.pending_approval} />
            <NextStarts />
          </Suspense>
        </div>
      </div>
      <WhenSeen className="chart-bars">
        <Suspense fallback={<Skeleton rows={4} label="Loading when runs are made" />}>
          <RunPatternsView />
        </Suspense>
      </WhenSeen>
    </>
  );
}

function Numbers({ overview }: { overview: SystemOverview }) {
  const { runs_24h: day, runs_7d: week, success_rate_7d: rate, workers } = overview;
  const bars = overview.hourly_24h.map(({ hour, total, failed }) => ({
    at: Date.parse(hour) / 1000,
    total,
    failed,
  }));
  return (
    <>
      <dl className="stats">
        <Stat label="Runs in 24 hours" note={day.failed > 0 ? `${day.failed} failed` : undefined}>
          {day.total}
        </Stat>
        <Stat label="Went well in 7 days" note={`of ${week.total}`}>
          {formatShare(rate)}
        </Stat>
        <Stat label="Running now" note={overview.queued > 0 ? `${overview.queued} wait` : undefined}>
          {overview.running}
        </Stat>
        <Stat label="Workers" note={workers.paused > 0 ? `${workers.paused} paused` : undefined}>
          {workers.active}
        </Stat>
        <Suspense fallback={<Stat label="Spent this month">…</Stat>}>
          <SpendStat />
        </Suspense>
      </dl>
      <section className="card" aria-labelledby="hours-heading">
        <div className="head-row">
          <h2 id="hours-heading">The last 24 hours</h2>
          <p className="chart-legend">
            <span>Runs</span> <span className="legend-failed">Failed</span>
          </p>
        </div>
        <RunBars step="hour" bars={bars} />
        {!overview.complete && (
          <p className="muted">There were more runs than are counted here: only the newest are.</p>
        )}
      </section>
    </>
  );
}
