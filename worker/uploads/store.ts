import { and, eq } from "drizzle-orm";
import type { Db } from "../platform/db/client.ts";
import { uploads } from "../platform/db/schema/uploads.ts";

export type UploadRow = typeof uploads.$inferSelect;

export async function findUpload(
  db: Db,
  workspaceId: string,
  sha256: string,
): Promise<UploadRow | undefined> {
  const [row] = await db
    .select()
    .from(uploads)
    .where(and(eq(uploads.workspace_id, workspaceId), eq(uploads.sha256, sha256)))
    .limit(1);
  return row;
}

/** Remembers an upload. The same content again takes the newer name and type. */
export async function putUpload(db: Db, row: UploadRow): Promise<void> {
  await db
    .insert(uploads)
    .values(row)
    .onConflictDoUpdate({
      target: [uploads.workspace_id, uploads.sha256],
      set: { filename: row.filename, media_type: row.media_type, used_at: row.used_at },
    });
}
