import { and, eq, gt, sql } from "drizzle-orm";
import type { Quotas } from "#contract/quotas/quota";
import { readQuotas } from "../catalog/workspace-settings.ts";
import type { Db } from "../platform/db/client.ts";
import { idIs } from "../platform/db/id-is.ts";
import { workspaces } from "../platform/db/schema/access.ts";
import { workers } from "../platform/db/schema/deploys.ts";
import { startCounts } from "../platform/db/schema/quotas.ts";
import { triggers } from "../platform/db/schema/triggers.ts";

/** What is set for a workspace; undefined where there is no such workspace. */
export async function findQuotas(db: Db, workspaceId: string): Promise<Quotas | undefined> {
  const [row] = await db
    .select({ settings: workspaces.settings })
    .from(workspaces)
    .where(idIs(workspaces.id, workspaceId))
    .limit(1);
  return row && readQuotas(row.settings);
}

/** Sets all quotas of a workspace; null takes one away. False where there is no such workspace. */
export async function putQuotas(db: Db, workspaceId: string, quotas: Quotas): Promise<boolean> {
  const patched = sql`json_patch(coalesce(${workspaces.settings}, '{}'), ${JSON.stringify({ quotas })})`;
  const { meta } = await db
    .update(workspaces)
    .set({ settings: patched })
    .where(idIs(workspaces.id, workspaceId));
  return meta.rows_written > 0;
}

/** How many workers a workspace has; no more than `most` are counted. */
export async function countWorkers(db: Db, workspaceId: string, most: number): Promise<number> {
  const some = sql`(SELECT 1 FROM ${workers} WHERE ${workers.workspace_id} = ${workspaceId} LIMIT ${most})`;
  const [row] = await db.select({ n: sql<number>`count(*)` }).from(some);
  return row?.n ?? 0;
}

/** How many triggers a workspace has; no more than `most` are counted. */
export async function countTriggers(db: Db, workspaceId: string, most: number): Promise<number> {
  const some = sql`(SELECT 1 FROM ${triggers} WHERE ${triggers.workspace_id} = ${workspaceId} LIMIT ${most})`;
  const [row] = await db.select({ n: sql<number>`count(*)` }).from(some);
  return row?.n ?? 0;
}

/** How many runs were started in a workspace on a day, as far as they were counted. */
export async function findStarts(db: Db, workspaceId: string, day: number): Promise<number> {
  const [row] = await db
    .select({ starts: startCounts.starts })
    .from(startCounts)
    .where(and(idIs(startCounts.workspace_id, workspaceId), eq(startCounts.day, day)))
    .limit(1);
  return row?.starts ?? 0;
}

/** Counts a start of a day in one statement, so that no two take the last one; false where `limit` are counted already. */
export async function takeStart(
  db: Db,
  { workspaceId, day, limit }: { workspaceId: string; day: number; limit: number },
): Promise<boolean> {
  if (limit === 0) return false;
  const counted = await db
    .insert(startCounts)
    .values({ workspace_id: workspaceId, day, starts: 1 })
    .onConflictDoUpdate({
      target: startCounts.workspace_id,
      set: {
        day,
        starts: sql`CASE WHEN ${startCounts.day} = ${day} THEN ${startCounts.starts} + 1 ELSE 1 END`,
      },
      setWhere: sql`${startCounts.day} <> ${day} OR ${startCounts.starts} < ${limit}`,
    })
    .returning({ starts: startCounts.starts });
  return counted.length === 1;
}

/** Takes back the count of a start that started nothing. */
export async function giveStartBack(db: Db, workspaceId: string, day: number): Promise<void> {
  await db
    .update(startCounts)
    .set({ starts: sql`${startCounts.starts} - 1` })
    .where(
      and(idIs(startCounts.workspace_id, workspaceId), eq(startCounts.day, day), gt(startCounts.starts, 0)),
    );
}

/** Forgets what a workspace that goes has started. */
export async function deleteStartCount(db: Db, workspaceId: string): Promise<void> {
  await db.delete(startCounts).where(idIs(startCounts.workspace_id, workspaceId));
}
