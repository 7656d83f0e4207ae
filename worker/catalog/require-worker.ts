import type { Principal, Scope } from "#contract/access/access";
import { can } from "../access/policy.ts";
import { notFound } from "../platform/app-error.ts";
import type { Db } from "../platform/db/client.ts";
import { findWorkerVersion } from "./store.ts";
import type { WorkerVersion } from "./store.ts";

/**
 * The worker of this name with its active version, or the one of `version`, if the principal may do to it what `scope`
 * says (`workers:read` when it is not said); otherwise the same refusal as for one that does not exist.
 */
export async function requireWorker(
  deps: { db: Db },
  principal: Principal,
  of: { name: string; scope?: Scope; version?: number | null },
): Promise<WorkerVersion> {
  const place = { workspaceId: principal.workspace_id, workerName: of.name };
  const found =
    (await findWorkerVersion(deps.db, place, of.version)) ?? (await findBySlug(deps, place, of.version));
  if (!found || !can(principal, of.scope ?? "workers:read", found.worker)) throw notFound("worker");
  return found;
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
