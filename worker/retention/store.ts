import { eq, sql } from "drizzle-orm";
import type { WorkspaceId } from "#contract/ids";
import { limits } from "#contract/limits";
import { readSettings } from "../catalog/workspace-settings.ts";
import type { StoredSettings } from "../catalog/workspace-settings.ts";
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

/** What else the workspace has set. */
export async function findStoredSettings(db: Db, workspaceId: WorkspaceId): Promise<StoredSettings> {
  const [row] = await db
    .select({ settings: workspaces.settings })
    .from(workspaces)
    .where(eq(workspaces.id, workspaceId))
    .limit(1);
  return readSettings(row?.settings);
}

/** Changes what is named; null takes a setting away. In one statement, so that two changes at a time are both kept. */
export async function patchSettings(
  db: Db,
  workspaceId: WorkspaceId,
  change: { [Name in keyof StoredSettings]?: StoredSettings[Name] | undefined },
): Promise<void> {
  const patched = sql`json_patch(coalesce(${workspaces.settings}, '{}'), ${JSON.stringify(change)})`;
  await db.update(workspaces).set({ settings: patched }).where(eq(workspaces.id, workspaceId));
}

/** Sets for how many days a workspace keeps what has ended. */
export async function setRetentionDays(db: Db, workspaceId: WorkspaceId, days: number | null): Promise<void> {
  await db.update(workspaces).set({ retention_days: days }).where(eq(workspaces.id, workspaceId));
}
