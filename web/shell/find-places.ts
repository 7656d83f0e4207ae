import { runRoutes } from "#contract/runs/routes";
import { workerRoutes } from "#contract/workers/routes";
import { formatAgo } from "#contract/words";
import type { Api } from "../api/api-context.ts";
import { statusWords } from "../run-parts/status-pill.tsx";

const RUNS = 20;

/** Something that one can go to. */
export interface FoundPlace {
  path: string;
  name: string;
  /** What tells it from others of the same name. */
  more: string;
}

/** The workers, and the last runs, as places to go to. */
export async function findPlaces(
  api: Api,
  signal: AbortSignal,
): Promise<{ workers: FoundPlace[]; runs: FoundPlace[] }> {
  const [workers, { runs }] = await Promise.all([
    api.call(workerRoutes.listWorkers, { signal }),
    api.call(runRoutes.listRuns, { query: { limit: RUNS }, signal }),
  ]);
  const nowMs = Date.now();
  return {
    workers: workers.map(({ id, name }) => ({ path: `/workers/${encodeURIComponent(id)}`, name, more: id })),
    runs: runs.map((run) => ({
      path: `/runs/${run.id}`,
      name: run.worker_name,
      more: `${statusWords[run.status].toLowerCase()}, ${formatAgo(run.created_at, nowMs)}`,
    })),
  };
}
