import { eq, sql } from "drizzle-orm";
import type { WorkspaceId } from "#contract/ids";
import type { Db } from "../platform/db/client.ts";
import { prepareOnce } from "../platform/db/prepare-once.ts";
import { workspaces } from "../platform/db/schema/access.ts";

const markOfWorkspace = prepareOnce((db) =>
  db
    .select({ mark: workspaces.catalog_mark })
    .from(workspaces)
    .where(eq(workspaces.id, sql.placeholder("workspaceId")))
    .prepare(),
);

/**
 * A number that is another one whenever something of a workspace has changed that lists tell: which workers, secrets and
 * contexts there are, the workers' active versions, what is paused or archived, which secrets are set for whom. Triggers
 * of the database see to that, so that no writer can forget it.
 */
export async function readCatalogMark(db: Db, workspaceId: WorkspaceId): Promise<number> {
  const [row] = await markOfWorkspace(db).all({ workspaceId });
  return row?.mark ?? 0;
}
