import type { Principal, Scope } from "#contract/access/access";
import { can, hiddenWorkers } from "../access/policy.ts";
import type { Resource } from "../access/policy.ts";
import { notFound } from "../platform/app-error.ts";
import type { Db } from "../platform/db/client.ts";
import { listActiveWorkers } from "./active-workers.ts";
import { findWorkerVersion, listWorkerNames } from "./store.ts";
import type { WorkerNameRow, WorkerRow, WorkerVersion } from "./store.ts";
import type { ForeseenWorker } from "./foreseen-worker.ts";

/**
 * The worker of this name with its active version, or the one of `version`, if the principal may do to it what `scope`
 * says (`workers:read` when it is not said); otherwise the same refusal as for one that does not exist.
 */
export async function requireWorker(
  deps: { db: Db; foreseen?: ForeseenWorker },
  principal: Principal,
  of: { name: string; scope?: Scope; version?: number | null },
): Promise<WorkerVersion> {
  const place = { workspaceId: principal.workspace_id, workerName: of.name };
  const isActive = (of.version ?? null) === null;
  const found =
    (isActive ? await deps.foreseen?.find(place) : undefined) ??
    (await findWorkerVersion(deps.db, place, of.version)) ??
    (await findBySlug(deps, place, of.version));
  if (!found || !can(principal, of.scope ?? "workers:read", asResource(found.worker)))
    throw notFound("worker");
  return found;
}

/** A worker's row as what somebody may do something to. Pure. */
export function asResource({ id, name, workspace_id }: WorkerRow): Resource {
  return { workspace_id, worker_id: id, worker_name: name };
}

/**
 * The workers of the principal's workspace that they may know of, with their active versions, by name. `mark`: as in
 * `listActiveWorkers`.
 */
export async function listVisibleWorkers(
  deps: { db: Db },
  principal: Principal,
  mark: number | null = null,
): Promise<WorkerVersion[]> {
  const hidden = hiddenWorkers(principal);
  const all = await listActiveWorkers(deps, principal.workspace_id, mark);
  return all.filter(({ worker }) => !hidden.includes(worker.name));
}

/** The same workers by their names alone. */
export async function listVisibleNames(deps: { db: Db }, principal: Principal): Promise<WorkerNameRow[]> {
  const hidden = hiddenWorkers(principal);
  const all = await listWorkerNames(deps.db, principal.workspace_id);
  return all.filter(({ name }) => !hidden.includes(name));
}

/** One of them by its name; undefined where the principal may know of none. */
export async function findVisibleWorker(
  deps: { db: Db },
  principal: Principal,
  name: string,
): Promise<WorkerVersion | undefined> {
  if (hiddenWorkers(principal).includes(name)) return undefined;
  return findWorkerVersion(deps.db, { workspaceId: principal.workspace_id, workerName: name });
}

/** Names have hyphens; whoever writes the folder's or the module's name has underscores, and means the same worker. */
async function findBySlug(
  deps: { db: Db },
  place: { workspaceId: string; workerName: string },
  version: number | null | undefined,
): Promise<WorkerVersion | undefined> {
  const workerName = place.workerName.replaceAll("_", "-");
  return workerName === place.workerName
    ? undefined
    : findWorkerVersion(deps.db, { ...place, workerName }, version);
}
