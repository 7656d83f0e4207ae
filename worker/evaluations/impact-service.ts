// Owns the answer to what depends on a worker. Never shows a worker that the asker does not see. Writes nothing.
import type { Principal } from "#contract/access/access";
import type { Impact } from "#contract/evaluations/impact";
import { listVisibleWorkers, requireWorker } from "../catalog/require-worker.ts";
import type { Db } from "../platform/db/client.ts";
import { findDependents } from "./find-impact.ts";

/** What depends on a worker, and what a version of it would break. Throws `not_found`. */
export async function analyzeImpact(
  deps: { db: Db },
  principal: Principal,
  { worker: name, version }: { worker: string; version: number | undefined },
): Promise<Impact> {
  const current = await requireWorker(deps, principal, { name });
  const to = version ?? current.worker.latest_version;
  const other =
    to === current.version.number ? current : await requireWorker(deps, principal, { name, version: to });
  const others = await listVisibleWorkers(deps, principal);
  const dependents = findDependents(
    { name: current.worker.name, before: current.version.manifest, after: other.version.manifest },
    others.map(({ worker, version: { manifest } }) => ({ name: worker.name, manifest })),
  );
  return {
    worker: current.worker.name,
    from: current.version.number,
    to,
    dependents,
    breaking: dependents.some(({ breaks }) => breaks.length > 0),
  };
}
