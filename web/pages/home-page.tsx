import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { isTerminal } from "#contract/runs/run";
import type { RunSummary } from "#contract/runs/run";
import type { WorkerSummary } from "#contract/workers/worker";
import { useApi } from "../api/api-context.ts";
import { refreshAfter } from "../api/queries.ts";
import { routes } from "../api/routes.ts";
import { Ago } from "../parts/ago.tsx";
import { CopyCommand } from "../parts/copy-command.tsx";
import { ErrorNotice } from "../parts/error-notice.tsx";
import { PageHeading } from "../parts/page-heading.tsx";
import { RunRows } from "../parts/run-rows.tsx";
import { Skeleton } from "../parts/skeleton.tsx";
import { StatusPill } from "../parts/status-pill.tsx";

const SHOWN_RUNS = 20;
const BUSY_REFRESH_MS = 3_000;
const IDLE_REFRESH_MS = 30_000;

/** All workers with their last run, and the last runs of all of them. */
export function HomePage() {
  const api = useApi();
  const home = useQuery({
    queryKey: ["home"],
    queryFn: async ({ signal }) => {
      const [workers, page] = await Promise.all([
        api.call(routes.listWorkers, { signal }),
        api.call(routes.listRuns, { query: { limit: SHOWN_RUNS }, signal }),
      ]);
      return { workers, runs: page.runs };
    },
    refetchInterval: ({ state }) =>
      refreshAfter(state, ({ runs }) =>
        runs.some(({ status }) => !isTerminal(status)) ? BUSY_REFRESH_MS : IDLE_REFRESH_MS,
      ),
  });
  return (
    <>
      <PageHeading title="Workers" />
      {home.isPending && <Skeleton rows={6} label="Loading workers" />}
      {home.isError && <ErrorNotice error={home.error} onRetry={() => void home.refetch()} />}
      {home.isSuccess && <Overview {...home.data} />}
    </>
  );
}

/** What the home page shows once it knows; `workers` and `runs` may both be empty. */
export function Overview({ workers, runs }: { workers: WorkerSummary[]; runs: RunSummary[] }) {
  if (workers.length === 0 && runs.length === 0) return <NoWorkers />;
  return (
    <>
      {workers.length === 0 ? <NoWorkers /> : <WorkerCards workers={workers} />}
      <section aria-labelledby="runs-heading">
        <h2 id="runs-heading">Last runs</h2>
        {runs.length === 0 ? (
          <p className="card muted">Nothing has run yet. Choose a worker above and press Run.</p>
        ) : (
          <div className="card">
            <RunRows runs={runs} withWorker />
          </div>
        )}
      </section>
    </>
  );
}

function NoWorkers() {
  return (
    <div className="card">
      <h2>There is no worker yet</h2>
      <p>A worker is a folder with a worker.yml and a script. Push an example:</p>
      <CopyCommand command="npx floom workers push workers-examples/hello-worker" />
      <p>Or begin your own:</p>
      <CopyCommand command="npx floom init my-worker && npx floom workers push my-worker" />
    </div>
  );
}

function WorkerCards({ workers }: { workers: WorkerSummary[] }) {
  return (
    <ul className="cards">
      {workers.map(({ id, name, description, last_run }) => (
        <li key={id} className="card worker-card">
          <h2>
            <Link to={`/workers/${encodeURIComponent(id)}`}>{name}</Link>
          </h2>
          <p>{description}</p>
          <div className="card-foot">
            {last_run === null ? (
              <span className="muted">Never run</span>
            ) : (
              <Link to={`/runs/${last_run.id}`} className="last-run">
                <StatusPill status={last_run.status} />
                <Ago iso={last_run.created_at} />
              </Link>
            )}
            <Link to={`/workers/${encodeURIComponent(id)}`} className="button">
              Run<span className="visually-hidden"> {name}</span>
            </Link>
          </div>
        </li>
      ))}
    </ul>
  );
}
