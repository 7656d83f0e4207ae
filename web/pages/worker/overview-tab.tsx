import { Link } from "wouter";
import { reportRoutes } from "#contract/reports/routes";
import type { FailureCategory, WorkerStats } from "#contract/reports/report";
import type { StoredStage } from "#contract/pipelines/stage";
import type { WorkerDetail } from "#contract/workers/worker";
import { formatCount, formatDuration } from "#contract/words";
import { spendRoutes } from "#contract/spend/routes";
import { useMay } from "../../api/use-may.ts";
import { useRead } from "../../api/use-read.ts";
import { RunPatternsView } from "../../charts/run-patterns.tsx";
import { RunBars } from "../../charts/run-bars.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Moment } from "../../parts/moment.tsx";
import { StageGraph } from "../../run-parts/stage-graph.tsx";
import { Stat, formatShare, formatUsd } from "../../parts/stat.tsx";

const DAYS = 30;

const categoryWords: Record<FailureCategory, string> = {
  timeout: "Took too long",
  crash: "Its code failed",
  config: "Set up wrongly",
  auth: "Was not let in somewhere",
  network: "A network failed",
  resource: "Ran out of memory or room",
  validation: "Inputs or outputs did not fit",
  quality: "The result was not good enough",
  cancelled: "Was cancelled",
  unknown: "For another reason",
};

/** How a worker's runs went lately, and what it is made of. */
export function OverviewTab({ worker }: { worker: WorkerDetail }) {
  const stats = useRead(reportRoutes.getWorkerStats, { params: { worker: worker.id } });
  const days = useRead(reportRoutes.getWorkerTimeseries, {
    params: { worker: worker.id },
    query: { days: DAYS },
  });
  return (
    <>
      <Loaded query={stats} what="its numbers">
        {(data) => <Numbers stats={data} uid={worker.uid} />}
      </Loaded>
      <section className="card" aria-labelledby="days-heading">
        <div className="head-row">
          <h2 id="days-heading">The last {DAYS} days</h2>
          <p className="chart-legend">
            <span>Runs</span> <span className="legend-failed">Failed</span>
          </p>
        </div>
        <Loaded query={days} what="its days" rows={3}>
          {({ days: all }) => (
            <RunBars
              step="day"
              bars={all.map(({ date, total, failed }) => ({ at: Date.parse(date) / 1000, total, failed }))}
            />
          )}
        </Loaded>
      </section>
      <Pipeline pipeline={worker.config.pipeline} />
      <div className="two-columns">
        <About worker={worker} />
        <Loaded query={stats} what="its failures">
          {(data) => <Failures worker={worker.id} stats={data} />}
        </Loaded>
      </div>
      <RunPatternsView worker={worker.id} />
    </>
  );
}

/** Its stages and what they wait for; nothing for a worker that is no pipeline. */
function Pipeline({ pipeline }: { pipeline: WorkerDetail["config"]["pipeline"] }) {
  if (pipeline === undefined) return null;
  const { stages, plan } = pipeline;
  return (
    <section className="card" aria-labelledby="pipeline-heading">
      <h2 id="pipeline-heading">Stages</h2>
      <StageGraph
        stages={stages.map((stage) => ({ ...stage, tone: "pending" as const, note: noteOf(stage) }))}
      />
      {plan !== undefined && (
        <p className="muted">The rest is planned by the first stage, of {plan.workers.join(", ")}.</p>
      )}
    </section>
  );
}

/** What is special about a stage, in words. */
function noteOf({ when, for_each, optional, approval, cache, retries }: StoredStage): string {
  return [
    ...(for_each === undefined ? [] : [`for each of ${for_each}`]),
    ...(when === undefined ? [] : [`when ${when}`]),
    ...(approval === undefined ? [] : ["a person approves it"]),
    ...(cache === undefined ? [] : ["cached"]),
    ...(retries === 0 ? [] : [`tried again ${formatCount(retries, "time")}`]),
    ...(optional ? ["may fail"] : []),
  ].join("; ");
}

/** What the worker's runs have cost this month, for who may see what the workspace spends. */
function CostStat({ uid }: { uid: string }) {
  const may = useMay()("workspace:write");
  const spend = useRead(spendRoutes.getWorkspaceSpend, { query: { by: "worker" }, enabled: may });
  if (!may) return null;
  const usd = spend.data?.rows.find(({ key }) => key === uid)?.total_usd ?? 0;
  return <Stat label="Cost this month">{spend.data === undefined ? "–" : formatUsd(usd)}</Stat>;
}

function Numbers({ stats, uid }: { stats: WorkerStats; uid: string }) {
  const took = (ms: number | null) => (ms === null ? "–" : formatDuration(ms));
  return (
    <dl className="stats">
      <Stat label="Runs in 30 days">{stats.runs_30d}</Stat>
      <Stat label="Went well">{formatShare(stats.success_rate_30d)}</Stat>
      <Stat label="Half take at most">{took(stats.median_duration_ms)}</Stat>
      <Stat label="19 of 20 take at most">{took(stats.p95_duration_ms)}</Stat>
      <CostStat uid={uid} />
    </dl>
  );
}

function About({ worker }: { worker: WorkerDetail }) {
  const { config } = worker;
  return (
    <section aria-labelledby="about-heading">
      <h2 id="about-heading">What it is</h2>
      <div className="card stack">
        {config.long_description !== undefined && <p className="preserved">{config.long_description}</p>}
        {config.how_it_works !== undefined && <p className="preserved">{config.how_it_works}</p>}
        <dl className="facts-list">
          <dt>Starts from</dt>
          <dd>
            <code>{config.exec.entry}</code>
          </dd>
          <dt>May take</dt>
          <dd>{formatDuration(config.limits.timeout_seconds * 1000)}</dd>
          {config.model !== undefined && (
            <>
              <dt>Model</dt>
              <dd>{config.model}</dd>
            </>
          )}
          <Names label="Secrets" names={worker.secrets} />
          <Names label="Contexts" names={worker.contexts} />
          <Names label="Calls the workers" names={config.calls} />
          <dt>Asks people first</dt>
          <dd>{config.approvals.required ? `Yes: ${config.approvals.label}` : "No"}</dd>
          <dt>Starts next</dt>
          <dd>
            {worker.next_run_at === null ? "When somebody starts it" : <Moment iso={worker.next_run_at} />}
          </dd>
          <dt>Changed</dt>
          <dd>
            <Moment iso={worker.updated_at} />
          </dd>
        </dl>
      </div>
    </section>
  );
}

function Names({ label, names }: { label: string; names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <>
      <dt>{label}</dt>
      <dd>{names.join(", ")}</dd>
    </>
  );
}

function Failures({ worker, stats }: { worker: string; stats: WorkerStats }) {
  const kinds = Object.entries(categoryWords).flatMap(([kind, words]) => {
    const count = Object.entries(stats.failures_by_category).find(([name]) => name === kind)?.[1] ?? 0;
    return count === 0 ? [] : [{ kind, words, count }];
  });
  return (
    <section aria-labelledby="failures-heading">
      <h2 id="failures-heading">Why runs failed</h2>
      <div className="card">
        {kinds.length === 0 ? (
          <p className="muted">None did in 30 days.</p>
        ) : (
          <ul className="rows">
            {kinds.map(({ kind, words, count }) => (
              <li key={kind} className="row">
                <span className="row-main">{words}</span>
                <span className="row-side">{formatCount(count, "run")}</span>
              </li>
            ))}
          </ul>
        )}
        {stats.last_error !== null && (
          <p>
            The last one said: <q>{stats.last_error}</q>{" "}
            <Link to={`/runs?status=failed&worker=${encodeURIComponent(worker)}`}>See the failed runs</Link>
          </p>
        )}
      </div>
    </section>
  );
}
