import { and, count, eq, lt, min, sum } from "drizzle-orm";
import type { Db } from "../platform/db/client.ts";
import { uploads } from "../platform/db/schema/uploads.ts";

/** Some uploads that were last used before `usedBefore`, longest ago first. */
export async function listUnusedUploads(
  db: Db,
  of: { workspaceId: string; usedBefore: number; limit: number },
): Promise<string[]> {
  const rows = await db
    .select({ sha256: uploads.sha256 })
    .from(uploads)
    .where(and(eq(uploads.workspace_id, of.workspaceId), lt(uploads.used_at, of.usedBefore)))
    .orderBy(uploads.used_at)
    .limit(of.limit);
  return rows.map(({ sha256 }) => sha256);
}

/** Forgets an upload unless a run has named it meanwhile; its content is to be deleted afterwards. */
export async function deleteUnusedUpload(
  db: Db,
  of: { workspaceId: string; sha256: string; usedBefore: number },
): Promise<void> {
  await db
    .delete(uploads)
    .where(
      and(
        eq(uploads.workspace_id, of.workspaceId),
        eq(uploads.sha256, of.sha256),
        lt(uploads.used_at, of.usedBefore),
      ),
    );
}

/** How many uploads a workspace has, their bytes, and when the one that was unused longest was used; null for none. */
export async function sumUploads(db: Db, workspaceId: string) {
  const [row] = await db
    .select({ count: count(), bytes: sum(uploads.size), oldest: min(uploads.used_at) })
    .from(uploads)
    .where(eq(uploads.workspace_id, workspaceId));
  return { count: row?.count ?? 0, bytes: Number(row?.bytes ?? 0), oldestAt: row?.oldest ?? null };
}
