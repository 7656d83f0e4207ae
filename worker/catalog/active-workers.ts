import type { WorkspaceId } from "#contract/ids";
import type { Db } from "../platform/db/client.ts";
import { KeptByMark } from "./kept-by-mark.ts";
import { listActiveVersions } from "./store.ts";
import type { WorkerVersion } from "./store.ts";

/** Some thousand usual workers. */
const MOST_CHARACTERS = 4_000_000;

const known = new KeptByMark<readonly WorkerVersion[]>({
  most: MOST_CHARACTERS,
  measure: (all) => all.reduce((sum, { version: { stored } }) => sum + JSON.stringify(stored).length, 0),
});

/**
 * All workers of the workspace with their active versions, by name. `mark`: what its catalog is marked with at this moment (see
 * `readCatalogMark`), by whoever has just read it and has written nothing since; the database is asked where it moved.
 */
export async function listActiveWorkers(
  deps: { db: Db },
  workspaceId: WorkspaceId,
  mark: number | null = null,
): Promise<readonly WorkerVersion[]> {
  const kept = known.find(workspaceId, mark);
  if (kept !== undefined) return kept;
  const fresh = await listActiveVersions(deps.db, workspaceId);
  known.keep(workspaceId, fresh.mark, fresh.all);
  return fresh.all;
}
