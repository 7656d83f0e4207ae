// Owns the answer to what depends on a worker. Never shows a worker that the asker does not see. Writes nothing.
import type { Principal } from "#contract/access/access";
import type { Dependent, Impact } from "#contract/evaluations/impact";
import type { Manifest } from "#contract/manifest/manifest";
import type { WorkerVersion } from "../catalog/store.ts";
import { listVisibleWorkers, requireWorker } from "../catalog/require-worker.ts";
import type { Db } from "../platform/db/client.ts";
import { findDependents } from "./find-impact.ts";

/** Whom a version breaks of those that the asker sees: stages of pipelines that map what it has not any more. */
export async function findBroken(
  deps: { db: Db },
  principal: Principal,
  change: { name: string; before: Manifest; after: Manifest },
): Promise<Dependent[]> {
  const others = await listVisibleWorkers(deps, principal);
  const dependents = findDependents(change, asOthers(others));
  return dependents.filter(({ breaks }) => breaks.length > 0);
}

const asOthers = (all: readonly WorkerVersion[]) =>
  all.map(({ worker, version: { manifest } }) => ({ name: worker.name, manifest }));

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
    asOthers(others),
  );
  return {
    worker: current.worker.name,
    from: current.version.number,
    to,
    dependents,
    breaking: dependents.some(({ breaks }) => breaks.length > 0),
  };
}
