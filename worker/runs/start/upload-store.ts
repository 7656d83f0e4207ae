import { and, eq } from "drizzle-orm";
import type { Db } from "../../platform/db/client.ts";
import { idIsOneOf } from "../../platform/db/id-is.ts";
import { uploads } from "../../platform/db/schema/uploads.ts";

/** Which of these uploads the workspace has, with their file names. */
export async function findUploads(db: Db, workspaceId: string, ids: readonly string[]) {
  if (ids.length === 0) return [];
  return db
    .select({
      sha256: uploads.sha256,
      filename: uploads.filename,
      size: uploads.size,
      media_type: uploads.media_type,
    })
    .from(uploads)
    .where(and(eq(uploads.workspace_id, workspaceId), idIsOneOf(uploads.sha256, ids)));
}
