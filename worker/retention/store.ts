import { eq } from "drizzle-orm";
import type { WorkspaceId } from "#contract/ids";
import { limits } from "#contract/limits";
import type { Db } from "../platform/db/client.ts";
import { idIs } from "../platform/db/id-is.ts";
import { workspaces } from "../platform/db/schema/access.ts";

/** For how many days a workspace keeps what has ended; null for ever. One without a row of its own has set nothing. */
export async function findRetentionDays(db: Db, workspaceId: string): Promise<number | null> {
  const [row] = await db
    .select({ days: workspaces.retention_days })
    .from(workspaces)
    .where(idIs(workspaces.id, workspaceId))
    .limit(1);
  return row ? row.days : limits.retention_days_default.value;
}

/** Sets for how many days a workspace keeps what has ended. */
export async function setRetentionDays(db: Db, workspaceId: WorkspaceId, days: number | null): Promise<void> {
  await db.update(workspaces).set({ retention_days: days }).where(eq(workspaces.id, workspaceId));
}
