import { and, eq, lt } from "drizzle-orm";
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

/** A workspace's uploads, `most` at most, those that were unused longest first; times are epoch milliseconds. */
export async function listUploadSizes(
  db: Db,
  workspaceId: string,
  most: number,
): Promise<{ size: number; used_at: number }[]> {
  return db
    .select({ size: uploads.size, used_at: uploads.used_at })
    .from(uploads)
    .where(eq(uploads.workspace_id, workspaceId))
    .orderBy(uploads.used_at)
    .limit(most);
}

/** Forgets all uploads of a workspace; their contents are to be deleted afterwards. */
export async function deleteAllUploads(db: Db, workspaceId: string): Promise<void> {
  await db.delete(uploads).where(eq(uploads.workspace_id, workspaceId));
}
