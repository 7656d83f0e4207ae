import { and, eq, lt } from "drizzle-orm";
import * as z from "zod";
import type { Db } from "../../platform/db/client.ts";
import { idIsOneOf } from "../../platform/db/id-is.ts";
import { uploads } from "../../platform/db/schema/uploads.ts";
import { defineUnmarked } from "../../platform/objects/stored-document.ts";

/** So exactly it is known when an upload was used last: another use within this time writes nothing. */
export const USE_KNOWN_MS = 86_400_000;

/**
 * Which of these uploads the workspace has, with their file names. They are marked as used first, which keeps those
 * that are there from being deleted for their age: what this answers stays as long as the run that names it.
 */
export async function useUploads(db: Db, of: { workspaceId: string; ids: readonly string[]; now: number }) {
  if (of.ids.length === 0) return [];
  const named = and(eq(uploads.workspace_id, of.workspaceId), idIsOneOf(uploads.sha256, of.ids));
  const mark = db
    .update(uploads)
    .set({ used_at: of.now })
    .where(and(named, lt(uploads.used_at, of.now - USE_KNOWN_MS)));
  const find = db
    .select({
      sha256: uploads.sha256,
      filename: uploads.filename,
      size: uploads.size,
      media_type: uploads.media_type,
      aliases: uploads.aliases,
    })
    .from(uploads)
    .where(named);
  const [, found] = await db.batch([mark, find]);
  return found.map(({ aliases, ...upload }) => ({ ...upload, aliases: aliasesForm.read(aliases ?? []) }));
}

const aliasesForm = defineUnmarked(
  "list of an upload's names",
  z.array(z.object({ filename: z.string(), media_type: z.string() })),
);

/** Writes down that the event of a delivery lies among the uploads, so that it goes when no run needs it any more. */
export async function keepEventUpload(
  db: Db,
  of: { workspaceId: string; sha256: string; size: number; now: number },
): Promise<void> {
  await db
    .insert(uploads)
    .values({
      workspace_id: of.workspaceId,
      sha256: of.sha256,
      size: of.size,
      media_type: "application/json",
      filename: "event.json",
      created_at: of.now,
      used_at: of.now,
    })
    .onConflictDoUpdate({ target: [uploads.workspace_id, uploads.sha256], set: { used_at: of.now } });
}
