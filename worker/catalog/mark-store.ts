import { sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { WorkspaceId } from "#contract/ids";
import type { Db } from "../platform/db/client.ts";
import { prepareOnce } from "../platform/db/prepare-once.ts";
import { contextBundles } from "../platform/db/schema/contexts.ts";
import { secrets } from "../platform/db/schema/secrets.ts";
import { workers } from "../platform/db/schema/deploys.ts";

const workspace = sql.placeholder("workspaceId");

const catalogMark = prepareOnce((db) => prepareMark(db, sql`''`));

const folderMark = prepareOnce((db) =>
  prepareMark(
    db,
    sql`(select group_concat(name || ' ' || visibility || ' ' || description, char(10))
    from ${contextBundles} where workspace_id = ${workspace})`,
  ),
);

function prepareMark(db: Db, more: SQL) {
  // In the order of the indexes by which they are found; another order would be another text, which does no harm.
  const ofWorkers = sql`(select group_concat(id || ' ' || name || ' ' || active_version || ' ' || updated_at || ' '
    || coalesce(paused_at, '') || ' ' || coalesce(archived_at, ''), char(10))
    from ${workers} where workspace_id = ${workspace})`;
  const ofSecrets = sql`(select group_concat(name || ' ' || coalesce(granted_to, ''), char(10))
    from ${secrets} where workspace_id = ${workspace})`;
  const mark = sql<string>`coalesce(${ofWorkers}, '') || char(10) || char(10) || coalesce(${ofSecrets}, '')
    || char(10) || char(10) || coalesce(${more}, '')`;
  return db
    .select({ mark })
    .from(sql`(select 1)`)
    .prepare();
}

/**
 * A text that is another one whenever something of what a workspace's workers are to those who may run them has changed:
 * which there are, their active versions, what is paused or archived, and which secrets are set for whom.
 */
export async function readCatalogMark(db: Db, workspaceId: WorkspaceId): Promise<string> {
  const [row] = await catalogMark(db).all({ workspaceId });
  return row?.mark ?? "";
}

/** The same, and another one also whenever there are other contexts, or one says something else of itself. */
export async function readFolderMark(db: Db, workspaceId: WorkspaceId): Promise<string> {
  const [row] = await folderMark(db).all({ workspaceId });
  return row?.mark ?? "";
}
