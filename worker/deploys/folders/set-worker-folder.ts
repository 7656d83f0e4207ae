import type { Principal } from "#contract/access/access";
import type { WorkerSummary } from "#contract/workers/worker";
import { requireWorker } from "../../catalog/require-worker.ts";
import { summarize } from "../service.ts";
import type { DeployDeps } from "../service.ts";
import { setFolder } from "../store.ts";

/**
 * Puts a worker into a folder of the workspace's list, before whatever worker.yml says: empty for in none, null for the one
 * that worker.yml names. No version is made. Answers the worker as it stands then.
 */
export async function setWorkerFolder(
  deps: DeployDeps,
  principal: Principal,
  { name, folder }: { name: string; folder: string | null },
): Promise<WorkerSummary> {
  const { worker, version } = await requireWorker(deps, principal, { name, scope: "workers:write" });
  const change = { folder, updated_at: deps.clock() };
  await setFolder(deps.db, worker.id, change);
  return summarize(deps, { worker: { ...worker, ...change }, version });
}
