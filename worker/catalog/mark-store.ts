import { sql } from "drizzle-orm";
import type { WorkspaceId } from "#contract/ids";
import type { Db } from "../platform/db/client.ts";
import { prepareOnce } from "../platform/db/prepare-once.ts";
import { secrets } from "../platform/db/schema/secrets.ts";
import { workers } from "../platform/db/schema/deploys.ts";

const catalogMark = prepareOnce((db) => {
  const workspace = sql.placeholder("workspaceId");
  // In the order of the indexes by which they are found; another order would be another text, which does no harm.
  const ofWorkers = sql`(select group_concat(id || ' ' || name || ' ' || active_version || ' ' || updated_at || ' '
    || coalesce(paused_at, '') || ' ' || coalesce(archived_at, ''), char(10))
    from ${workers} where workspace_id = ${workspace})`;
  const ofSecrets = sql`(select group_concat(name || ' ' || coalesce(granted_to, ''), char(10))
    from ${secrets} where workspace_id = ${workspace})`;
  const mark = sql<string>`coalesce(${ofWorkers}, '') || char(10) || char(10) || coalesce(${ofSecrets}, '')`;
  return db
    .select({ mark })
    .from(sql`(select 1)`)
    .prepare();
});

/**
 * A text that is another one whenever something of what a workspace's workers are to those who may run them has changed:
 * which there are, their active versions, what is paused or archived, and which secrets are set for whom.
 */
export async function readCatalogMark(db: Db, workspaceId: WorkspaceId): Promise<string> {
  const [row] = await catalogMark(db).all({ workspaceId });
  return row?.mark ?? "";
}
