import { workerRoutes } from "#contract/workers/routes";
import type { VersionSummary } from "#contract/workers/worker";
import type { Api } from "../../api.ts";

/** As many as the server lists at once. */
const MOST = 100;

/** The versions of a worker that wait in quarantine, newest first. */
export async function findWaiting(api: Api, worker: string): Promise<VersionSummary[]> {
  const versions = await api.call(workerRoutes.listVersions, { params: { worker }, query: { limit: MOST } });
  return versions.filter(({ state }) => state === "quarantined");
}
