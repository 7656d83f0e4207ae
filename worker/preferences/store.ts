import { and, eq, sql } from "drizzle-orm";
import * as z from "zod";
import { savedViewSchema } from "#contract/preferences/preferences";
import type { ChangePreferences, Preferences } from "#contract/preferences/preferences";
import type { Db } from "../platform/db/client.ts";
import { preferences } from "../platform/db/schema/access.ts";
import { defineDocument } from "../platform/objects/stored-document.ts";

/** Whose: the person or token, in a workspace. */
export interface PreferencePlace {
  workspaceId: string;
  actor: string;
}

const preferencesDocument = defineDocument<Preferences>(
  "preferences",
  z.object({ starred: z.array(z.string()).default([]), views: z.array(savedViewSchema).default([]) }),
);

export async function findPreferences(db: Db, { workspaceId, actor }: PreferencePlace): Promise<Preferences> {
  const [row] = await db
    .select({ document: preferences.document })
    .from(preferences)
    .where(and(eq(preferences.workspace_id, workspaceId), eq(preferences.actor, actor)))
    .limit(1);
  return row === undefined ? { starred: [], views: [] } : preferencesDocument.read(row.document);
}

/** Writes what is given beside what stays, in one statement: two changes at a time of two lists are both kept. */
export async function patchPreferences(
  db: Db,
  { workspaceId, actor }: PreferencePlace,
  { change, now }: { change: ChangePreferences; now: number },
): Promise<void> {
  const { starred = [], views = [] } = change;
  const first = preferencesDocument.write({ starred, views });
  await db
    .insert(preferences)
    .values({ workspace_id: workspaceId, actor, document: first, updated_at: now })
    .onConflictDoUpdate({
      target: [preferences.workspace_id, preferences.actor],
      set: { document: sql`json_patch(${preferences.document}, ${JSON.stringify(change)})`, updated_at: now },
    });
}

export async function deleteAllPreferences(db: Db, workspaceId: string): Promise<void> {
  await db.delete(preferences).where(eq(preferences.workspace_id, workspaceId));
}
