import { and, eq, sql } from "drizzle-orm";
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

/** So many names of one content are remembered; nobody sends the same bytes under more of them at a time. */
const MOST_ALIASES = 20;

/**
 * Remembers an upload. The same content again takes the newer name and type, and remembers the older ones: two files of
 * one content are one upload, and each of them must be what its input accepts.
 */
export async function putUpload(db: Db, row: UploadRow): Promise<void> {
  const known = sql`coalesce(${uploads.aliases}, '[]')`;
  const older = sql`json_object('filename', ${uploads.filename}, 'media_type', ${uploads.media_type})`;
  await db
    .insert(uploads)
    .values(row)
    .onConflictDoUpdate({
      target: [uploads.workspace_id, uploads.sha256],
      set: {
        aliases: sql`case
          when ${uploads.filename} = ${row.filename} and ${uploads.media_type} = ${row.media_type} then ${uploads.aliases}
          when json_array_length(${known}) < ${MOST_ALIASES} then json_insert(${known}, '$[#]', ${older})
          else json_insert(json_remove(${known}, '$[0]'), '$[#]', ${older})
        end`,
        filename: row.filename,
        media_type: row.media_type,
        used_at: row.used_at,
      },
    });
}
