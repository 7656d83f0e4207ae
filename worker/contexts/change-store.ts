import { and, eq, sql } from "drizzle-orm";
import type { ContextId } from "#contract/ids";
import type { Db } from "../platform/db/client.ts";
import { idIs } from "../platform/db/id-is.ts";
import { contextBundles, contextFiles, contextVersions } from "../platform/db/schema/contexts.ts";
import type { TreeChange } from "./context-tree.ts";
import type { VersionRow } from "./store.ts";

/** What is to become of one context. */
export interface ContextChange extends TreeChange {
  id: ContextId;
  /** The version that the change was made from. */
  base: number;
  digest: string;
  fileCount: number;
  totalBytes: number;
}

export interface ChangeFacts {
  /** Names this change among all others. */
  changeId: string;
  message: string;
  madeBy: string;
  run: { id: string; attempt: number } | null;
  restoredFrom: number | null;
  now: number;
}

/** So many files one statement carries: with the longest paths there are, one parameter holds them. */
const FILES_AT_ONCE = 400;

function slices<Item>(items: readonly Item[]): Item[][] {
  const parts: Item[][] = [];
  for (let at = 0; at < items.length; at += FILES_AT_ONCE) parts.push(items.slice(at, at + FILES_AT_ONCE));
  return parts;
}

/**
 * Makes the next version of each of these contexts, or of none: false when one of them has moved on, or is gone. The first
 * statement claims all of them, and every other one looks whether the claim was this change's own.
 */
export async function putChanges(
  db: Db,
  changes: readonly ContextChange[],
  facts: ChangeFacts,
): Promise<boolean> {
  const { changeId } = facts;
  const wanted = JSON.stringify(
    changes.map(({ id, base, digest, fileCount, totalBytes }) => ({
      id,
      base,
      digest,
      fileCount,
      totalBytes,
    })),
  );
  const of = (key: string) =>
    sql`(SELECT value ->> ${sql.raw(`'${key}'`)} FROM json_each(${wanted}) WHERE value ->> 'id' = ${contextBundles.id})`;
  const unmoved = sql`(SELECT count(*) FROM json_each(${wanted}) JOIN context_bundles AS b ON b.id = json_each.value ->> 'id' AND b.version = json_each.value ->> 'base')`;
  const isOurs = (id: unknown) =>
    sql`EXISTS (SELECT 1 FROM context_bundles AS b WHERE b.id = ${id} AND b.last_change = ${changeId})`;
  const claim = db
    .update(contextBundles)
    .set({
      version: sql`${contextBundles.version} + 1`,
      digest: of("digest"),
      file_count: of("fileCount"),
      total_bytes: of("totalBytes"),
      last_change: changeId,
      updated_at: facts.now,
    })
    .where(
      and(
        sql`${contextBundles.id} IN (SELECT value ->> 'id' FROM json_each(${wanted}))`,
        sql`${unmoved} = ${changes.length}`,
      ),
    )
    .returning({ id: contextBundles.id });
  // In the order of the table's columns.
  const versions = db.insert(contextVersions).select(sql`
    SELECT id, version, digest, file_count, total_bytes, ${facts.message}, ${facts.madeBy}, ${facts.run?.id ?? null}, ${facts.run?.attempt ?? null}, ${facts.restoredFrom}, ${facts.now}
    FROM context_bundles WHERE id IN (SELECT value ->> 'id' FROM json_each(${wanted})) AND last_change = ${changeId}`);
  const ends = changes.flatMap(({ id, puts, removes }) =>
    [...puts.map(({ path }) => path), ...removes].map((path) => ({ id, path })),
  );
  const closed = slices(ends).map((part) =>
    db
      .update(contextFiles)
      .set({
        until: sql`(SELECT b.version FROM context_bundles AS b WHERE b.id = ${contextFiles.context_id})`,
      })
      .where(
        and(
          sql`(${contextFiles.context_id}, ${contextFiles.path}) IN (SELECT value ->> 'id', value ->> 'path' FROM json_each(${JSON.stringify(part)}))`,
          sql`${contextFiles.until} IS NULL`,
          isOurs(contextFiles.context_id),
        ),
      ),
  );
  const begun = changes.flatMap(({ id, puts }) => puts.map((file) => ({ id, ...file })));
  const opened = slices(begun).map((part) =>
    db.insert(contextFiles).select(sql`
      SELECT b.id, json_each.value ->> 'path', b.version, NULL, json_each.value ->> 'sha256', json_each.value ->> 'size', json_each.value ->> 'warned'
      FROM json_each(${JSON.stringify(part)}) JOIN context_bundles AS b ON b.id = json_each.value ->> 'id' AND b.last_change = ${changeId}`),
  );
  const [claimed] = await db.batch([claim, versions, ...closed, ...opened]);
  return claimed.length === changes.length;
}

/** The versions that an attempt of a run has written. */
export async function listRunVersions(db: Db, runId: string, attempt: number): Promise<VersionRow[]> {
  return db
    .select()
    .from(contextVersions)
    .where(and(idIs(contextVersions.run_id, runId), eq(contextVersions.run_attempt, attempt)));
}

/** How much all versions of a context hold together, each content counted once, and which version is the oldest kept. */
export async function measureStored(
  db: Db,
  id: string,
): Promise<{ bytes: number; versions: number; oldest: number }> {
  const [[held], [kept]] = await db.batch([
    db
      .select({ bytes: sql<number | null>`sum(size)` })
      .from(sql`(SELECT DISTINCT sha256, size FROM context_files WHERE context_id = ${id})`),
    db
      .select({ versions: sql<number>`count(*)`, oldest: sql<number | null>`min(number)` })
      .from(contextVersions)
      .where(idIs(contextVersions.context_id, id)),
  ]);
  return { bytes: held?.bytes ?? 0, versions: kept?.versions ?? 0, oldest: kept?.oldest ?? 0 };
}

/** Forgets the versions before `first`; answers the contents that no version holds any more. */
export async function forgetVersions(db: Db, id: string, first: number): Promise<string[]> {
  const isOver = and(idIs(contextFiles.context_id, id), sql`${contextFiles.until} <= ${first}`);
  const [gone, , , kept] = await db.batch([
    db.select({ sha256: contextFiles.sha256 }).from(contextFiles).where(isOver),
    db.delete(contextFiles).where(isOver),
    db
      .delete(contextVersions)
      .where(and(idIs(contextVersions.context_id, id), sql`${contextVersions.number} < ${first}`)),
    db.select({ sha256: contextFiles.sha256 }).from(contextFiles).where(idIs(contextFiles.context_id, id)),
  ]);
  const held = new Set(kept.map(({ sha256 }) => sha256));
  return [...new Set(gone.map(({ sha256 }) => sha256))].filter((sha256) => !held.has(sha256));
}
