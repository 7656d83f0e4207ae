// Owns the picture of who calls what. Never shows a worker that the asker does not see. Writes nothing.
import { sumRecordedCalls } from "../audit/service.ts";
import type { Principal } from "#contract/access/access";
import { limits } from "#contract/limits";
import type { Topology } from "#contract/topology/topology";
import type { MarkTaker } from "../catalog/kept-by-mark.ts";
import { listVisibleWorkers, requireWorker } from "../catalog/require-worker.ts";
import type { Db } from "../platform/db/client.ts";
import { buildTopology } from "./build-topology.ts";
import { sumRuns } from "./store.ts";

/** Who calls what in a workspace, or around one worker. Throws `not_found` for a worker that the asker does not see. */
export async function getTopology(
  deps: { db: Db } & MarkTaker,
  principal: Principal,
  { worker }: { worker?: string | undefined },
): Promise<Topology> {
  const found =
    worker === undefined
      ? await listVisibleWorkers(deps, principal, deps.takeMark?.(principal.workspace_id))
      : [await requireWorker(deps, principal, { name: worker })];
  const of = {
    workspaceId: principal.workspace_id,
    worker: worker === undefined ? undefined : found[0]?.worker.name,
    limit: limits.topology_records.value,
  };
  const [runs, calls] = await Promise.all([sumRuns(deps.db, of), sumRecordedCalls(deps, of)]);
  const workers = found.map((one) => ({ name: one.worker.name, manifest: one.version.manifest }));
  return buildTopology({ workers, runs, calls });
}
