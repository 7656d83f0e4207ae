import { useQuery } from "@tanstack/react-query";
import { isTerminal } from "#contract/runs/run";
import type { WorkerDetail } from "#contract/workers/worker";
import { useApi } from "../api/api-context.ts";
import { refreshAfter } from "../api/queries.ts";
import { routes } from "../api/routes.ts";
import { CopyCommand } from "../parts/copy-command.tsx";
import { ErrorNotice } from "../parts/error-notice.tsx";
import { PageHeading } from "../parts/page-heading.tsx";
import { RunRows } from "../parts/run-rows.tsx";
import { Skeleton } from "../parts/skeleton.tsx";
import { ActionForms } from "./action-forms.tsx";

const BUSY_REFRESH_MS = 3_000;

/** One worker: the form that runs it, its last runs, and the command that does the same. */
export function WorkerPage({ worker }: { worker: string }) {
  const api = useApi();
  const found = useQuery({
    queryKey: ["worker", worker],
    queryFn: ({ signal }) => api.call(routes.getWorker, { params: { worker }, signal }),
    refetchInterval: ({ state }) =>
      refreshAfter(state, ({ recent_runs }) =>
        recent_runs.some(({ status }) => !isTerminal(status)) ? BUSY_REFRESH_MS : false,
      ),
  });
  return (
    <>
      <PageHeading title={found.data?.name ?? worker} />
      {found.isPending && <Skeleton rows={4} label="Loading the worker" />}
      {found.isError && <ErrorNotice error={found.error} onRetry={() => void found.refetch()} />}
      {found.isSuccess && <WorkerBody worker={found.data} />}
    </>
  );
}

function WorkerBody({ worker }: { worker: WorkerDetail }) {
  return (
    <>
      <p>{worker.description}</p>
      <p className="muted">
        <code>{worker.id}</code> · version {worker.version} · {worker.runtime}
      </p>
      {worker.archived ? (
        <p className="card notice">
          This worker is archived{worker.archive_reason === null ? "" : `: ${worker.archive_reason}`}. It
          takes no new runs.
        </p>
      ) : (
        <ActionForms key={worker.version} worker={worker} />
      )}
      <section aria-labelledby="command-heading">
        <h2 id="command-heading">From the command line</h2>
        <CopyCommand command={buildRunCommand(worker)} />
      </section>
      <section aria-labelledby="runs-heading">
        <h2 id="runs-heading">Last runs</h2>
        <div className="card">
          {worker.recent_runs.length === 0 ? (
            <p className="muted">This worker has not run yet.</p>
          ) : (
            <RunRows runs={worker.recent_runs} withWorker={false} />
          )}
        </div>
      </section>
    </>
  );
}

/** The command that runs `worker`, with a place for each input that it needs. */
export function buildRunCommand({ id, inputs }: Pick<WorkerDetail, "id" | "inputs">): string {
  const needed = inputs.filter(({ required }) => required);
  const options = needed.map(({ name, kind }) => ` --input ${name}=${kind === "file" ? "@path" : "…"}`);
  return `npx floom run ${id}${options.join("")}`;
}
