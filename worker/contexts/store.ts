import { and, asc, count, desc, eq, gt, isNull, lte, or, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import * as z from "zod";
import { contextKindSchema, contextVisibilitySchema } from "#contract/contexts/context-bundle";
import type { Db } from "../platform/db/client.ts";
import { idIs, idIsOneOf } from "../platform/db/id-is.ts";
import { contextBundles, contextFiles, contextVersions } from "../platform/db/schema/contexts.ts";
import { defineUnmarked } from "../platform/objects/stored-document.ts";
import type { TreeFile } from "./context-tree.ts";

const wordsForm = defineUnmarked(
  "words of a context",
  z.object({ kind: contextKindSchema, visibility: contextVisibilitySchema }),
);

export type ContextRow = Omit<typeof contextBundles.$inferSelect, "kind" | "visibility"> &
  z.infer<typeof contextWordsSchema>;
const contextWordsSchema = z.object({ kind: contextKindSchema, visibility: contextVisibilitySchema });
export type VersionRow = typeof contextVersions.$inferSelect;

/** What people can say of a context besides its files. */
export type ContextSettings = Partial<
  Pick<ContextRow, "name" | "category" | "visibility" | "sensitive" | "writeable">
>;

/** A content that a file has had, and the version that it came with or went in. */
export interface FileRow extends TreeFile {
  since: number;
  until: number | null;
}

const toContext = (row: typeof contextBundles.$inferSelect): ContextRow => ({
  ...row,
  ...wordsForm.read({ kind: row.kind, visibility: row.visibility }),
});

const named = (workspaceId: string, name: string): SQL | undefined =>
  and(idIs(contextBundles.workspace_id, workspaceId), eq(contextBundles.name, name));
/** However many names there are, they are one parameter. */
const isOneOf = (column: typeof contextBundles.name, names: readonly string[]): SQL =>
  sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(names)}))`;

/** A workspace's contexts, by name. */
export async function listContextRows(db: Db, workspaceId: string): Promise<ContextRow[]> {
  const rows = await db
    .select()
    .from(contextBundles)
    .where(idIs(contextBundles.workspace_id, workspaceId))
    .orderBy(asc(contextBundles.name));
  return rows.map(toContext);
}

/** Those of a workspace's contexts that have one of these names. */
export async function findContextRows(
  db: Db,
  workspaceId: string,
  names: readonly string[],
): Promise<ContextRow[]> {
  const rows = await db
    .select()
    .from(contextBundles)
    .where(and(idIs(contextBundles.workspace_id, workspaceId), isOneOf(contextBundles.name, names)));
  return rows.map(toContext);
}

/** Those of a workspace's contexts that have one of these ids. */
export async function findContextsById(
  db: Db,
  workspaceId: string,
  ids: readonly string[],
): Promise<ContextRow[]> {
  const rows = await db
    .select()
    .from(contextBundles)
    .where(and(idIs(contextBundles.workspace_id, workspaceId), idIsOneOf(contextBundles.id, ids)));
  return rows.map(toContext);
}

export async function findContextRow(
  db: Db,
  workspaceId: string,
  name: string,
): Promise<ContextRow | undefined> {
  const [row] = await db.select().from(contextBundles).where(named(workspaceId, name)).limit(1);
  return row && toContext(row);
}

export async function countContexts(db: Db, workspaceId: string): Promise<number> {
  const [row] = await db
    .select({ n: count() })
    .from(contextBundles)
    .where(idIs(contextBundles.workspace_id, workspaceId));
  return row?.n ?? 0;
}

/** False when the workspace has one of that name. */
export async function insertContext(db: Db, row: ContextRow): Promise<boolean> {
  const made = await db
    .insert(contextBundles)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: contextBundles.id });
  return made.length === 1;
}

/** False when there is none, or when the name it is to have is taken. */
export async function changeContext(
  db: Db,
  id: string,
  { now, ...settings }: ContextSettings & { now: number },
): Promise<boolean> {
  const { name } = settings;
  const isFree =
    name === undefined
      ? undefined
      : sql`NOT EXISTS (SELECT 1 FROM context_bundles AS other WHERE other.workspace_id = ${contextBundles.workspace_id} AND other.name = ${name} AND other.id <> ${id})`;
  const changed = await db
    .update(contextBundles)
    .set({ ...settings, updated_at: now })
    .where(and(idIs(contextBundles.id, id), isFree))
    .returning({ id: contextBundles.id });
  return changed.length === 1;
}

/** Deletes a context with all that is known of its versions; its contents are deleted elsewhere. */
export async function deleteContextRows(db: Db, id: string): Promise<void> {
  await db.batch([
    db.delete(contextBundles).where(idIs(contextBundles.id, id)),
    db.delete(contextFiles).where(idIs(contextFiles.context_id, id)),
    db.delete(contextVersions).where(idIs(contextVersions.context_id, id)),
  ]);
}

/** Deletes all contexts of a workspace. */
export async function deleteAllContexts(db: Db, workspaceId: string): Promise<void> {
  const ofWorkspace = sql`(SELECT id FROM context_bundles WHERE workspace_id = ${workspaceId})`;
  await db.batch([
    db.delete(contextFiles).where(sql`${contextFiles.context_id} IN ${ofWorkspace}`),
    db.delete(contextVersions).where(sql`${contextVersions.context_id} IN ${ofWorkspace}`),
    db.delete(contextBundles).where(idIs(contextBundles.workspace_id, workspaceId)),
  ]);
}

/** The files of a context as they were in a version, or as they are. By path. */
export async function listFileRows(db: Db, id: string, version: number | null = null): Promise<FileRow[]> {
  const inVersion =
    version === null
      ? isNull(contextFiles.until)
      : and(
          lte(contextFiles.since, version),
          or(isNull(contextFiles.until), gt(contextFiles.until, version)),
        );
  return db
    .select()
    .from(contextFiles)
    .where(and(idIs(contextFiles.context_id, id), inVersion))
    .orderBy(asc(contextFiles.path));
}

/** Every content that any file of a context has had in a version that is kept, by path and version. */
export async function listAllFileRows(db: Db, id: string): Promise<FileRow[]> {
  return db
    .select()
    .from(contextFiles)
    .where(idIs(contextFiles.context_id, id))
    .orderBy(asc(contextFiles.path), asc(contextFiles.since));
}

/** What a file of a context held in a version, or holds. */
export async function findFileRow(
  db: Db,
  id: string,
  { path, version }: { path: string; version: number | null },
): Promise<FileRow | undefined> {
  const [row] = await db
    .select()
    .from(contextFiles)
    .where(
      and(
        idIs(contextFiles.context_id, id),
        eq(contextFiles.path, path),
        version === null
          ? isNull(contextFiles.until)
          : and(
              lte(contextFiles.since, version),
              or(isNull(contextFiles.until), gt(contextFiles.until, version)),
            ),
      ),
    )
    .limit(1);
  return row;
}

/** Every content that a file has had, newest first. */
export async function listFileHistory(db: Db, id: string, path: string): Promise<FileRow[]> {
  return db
    .select()
    .from(contextFiles)
    .where(and(idIs(contextFiles.context_id, id), eq(contextFiles.path, path)))
    .orderBy(desc(contextFiles.since));
}

/** A context's versions, newest first. */
export async function listContextVersionRows(db: Db, id: string, limit: number): Promise<VersionRow[]> {
  return db
    .select()
    .from(contextVersions)
    .where(idIs(contextVersions.context_id, id))
    .orderBy(desc(contextVersions.number))
    .limit(limit);
}
