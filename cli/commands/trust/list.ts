import { ApiProblem } from "#contract/client";
import { formatAgo } from "#contract/words";
import { workerRoutes } from "#contract/workers/routes";
import type { VersionSummary } from "#contract/workers/worker";
import type { Api } from "../../api.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { findWaiting } from "./find-waiting.ts";
import type { listWaitingSpec } from "./specs.ts";

/** Lists what waits in quarantine over all workers. */
export const run: Run<typeof listWaitingSpec> = async (context) => {
  const { output, host, json } = context;
  const api = await context.api();
  const workers = await api.call(workerRoutes.listWorkers, { query: { include_archived: "true" } });
  const waiting: { worker: string; version: VersionSummary }[] = [];
  // One worker after another: a workspace of hundreds is no burst at the server.
  for (const { id: worker } of workers)
    for (const version of await findIfThere(api, worker)) waiting.push({ worker, version });
  if (json) output.document(waiting);
  else if (waiting.length === 0) output.note("No version waits in quarantine.");
  else {
    output.table(
      ["WORKER", "VERSION", "PUSHED BY", "PUSHED", "DIGEST"],
      waiting.map(({ worker, version }) => [
        worker,
        String(version.number),
        version.pushed_by ?? "-",
        formatAgo(version.created_at, host.now()),
        version.digest.slice(0, 12),
      ]),
    );
    output.note("Review one with: floom trust show WORKER VERSION");
  }
  return exitCodes.ok.code;
};

/** A worker that was deleted since the workers were listed has nothing that waits. */
async function findIfThere(api: Api, worker: string): Promise<VersionSummary[]> {
  try {
    return await findWaiting(api, worker);
  } catch (error) {
    if (error instanceof ApiProblem && error.problem.status === 404) return [];
    throw error;
  }
}
