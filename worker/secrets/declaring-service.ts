// Owns which workers declare which secrets, as their active versions say.
// Never asks the database for what a workspace's mark says is as it was.
import type { Principal } from "#contract/access/access";
import { hiddenWorkers } from "../access/policy.ts";
import { KeptByMark } from "../catalog/kept-by-mark.ts";
import { listActiveWorkers } from "../catalog/active-workers.ts";
import { listWorkerNames } from "../catalog/store.ts";
import type { Db } from "../platform/db/client.ts";
import { declaredSecrets } from "../registry/declared.ts";

/** A worker as far as secrets are concerned. */
export interface Declaring {
  id: string;
  name: string;
  secrets: string[];
}

/** What versions declare, which never changes: their manifests are read once in the life of an isolate. */
const declared = new Map<string, string[]>();
const MOST_DECLARED = 5000;

const known = new KeptByMark<readonly Declaring[]>();

/**
 * The workers that the principal may know of, without those that are archived, by name. `mark`: what the workspace's catalog is
 * marked with at this moment (see `readCatalogMark`), by whoever has just read it; their database is asked where it moved.
 */
export async function listDeclaring(
  deps: { db: Db },
  principal: Principal,
  mark: number | null = null,
): Promise<readonly Declaring[]> {
  const hidden = hiddenWorkers(principal);
  const all = await listOfWorkspace(deps, principal, mark);
  return hidden.length === 0 ? all : all.filter(({ name }) => !hidden.includes(name));
}

async function listOfWorkspace(
  deps: { db: Db },
  { workspace_id: workspaceId }: Principal,
  mark: number | null,
): Promise<readonly Declaring[]> {
  const kept = known.find(workspaceId, mark);
  if (kept !== undefined) return kept;
  const all = await readNames(deps, workspaceId);
  known.keep(workspaceId, mark, all);
  return all;
}

async function readNames(deps: { db: Db }, workspaceId: Principal["workspace_id"]): Promise<Declaring[]> {
  const names = await listWorkerNames(deps.db, workspaceId);
  const found = names.filter(({ archived_at }) => archived_at === null);
  const all = found.flatMap(({ id, name, version_id }) => {
    const secrets = declared.get(version_id);
    return secrets === undefined ? [] : { id, name, secrets };
  });
  return all.length === found.length ? all : readManifests(deps, workspaceId);
}

async function readManifests(deps: { db: Db }, workspaceId: Principal["workspace_id"]): Promise<Declaring[]> {
  const found = await listActiveWorkers(deps, workspaceId);
  if (declared.size + found.length > MOST_DECLARED) declared.clear();
  return found
    .filter(({ worker }) => worker.archived_at === null)
    .map(({ worker, version }) => {
      const secrets = declaredSecrets(version.manifest);
      declared.set(version.id, secrets);
      return { id: worker.id, name: worker.name, secrets };
    });
}
