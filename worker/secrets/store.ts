import { and, asc, count, desc, eq, gte, isNotNull, isNull, lt, or, sql } from "drizzle-orm";
import * as z from "zod";
import type { WorkspaceId } from "#contract/ids";
import type { Db } from "../platform/db/client.ts";
import { idIs, isAfter } from "../platform/db/id-is.ts";
import { prepareOnce } from "../platform/db/prepare-once.ts";
import { defineUnmarked } from "../platform/objects/stored-document.ts";
import { bindingSchema } from "./bind-secret.ts";
import type { SecretBinding } from "./bind-secret.ts";
import { workspaces } from "../platform/db/schema/access.ts";
import { secrets, secretVersions, workspaceKeys } from "../platform/db/schema/secrets.ts";

const bindingForm = defineUnmarked("hosts of a secret", bindingSchema.nullable());
const grantsForm = defineUnmarked("workers that may have a secret", z.array(z.string()).nullable());

export interface SecretRow {
  name: string;
  version: number;
  /** Ids of the workers that alone may have it; null for all that declare it. */
  granted_to: string[] | null;
  /** Null for one that scripts are given. */
  bound_to: SecretBinding | null;
  created_at: number;
  updated_at: number;
  last_used_at: number | null;
  last_used_run_id: string | null;
  last_checked_at: number | null;
  last_check_status: string | null;
}

export interface SecretPlace {
  workspaceId: string;
  name: string;
}

/** A sealed value with what says whose it is. */
export interface SealedSecret {
  name: string;
  version: number;
  box: string | null;
  granted_to: string[] | null;
  bound_to: SecretBinding | null;
}

const ofWorkspace = (workspaceId: string) => idIs(secrets.workspace_id, workspaceId);
const atPlace = ({ workspaceId, name }: SecretPlace) => and(ofWorkspace(workspaceId), eq(secrets.name, name));
const versionsAt = ({ workspaceId, name }: SecretPlace) =>
  and(idIs(secretVersions.workspace_id, workspaceId), eq(secretVersions.name, name));
/** However many names there are, they are one parameter. */
const isNamed = (column: typeof secrets.name | typeof secretVersions.name, names: readonly string[]) =>
  sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(names)}))`;

function toSecret(row: typeof secrets.$inferSelect): SecretRow {
  return { ...row, granted_to: grantsForm.read(row.granted_to), bound_to: bindingForm.read(row.bound_to) };
}

const secretsOfWorkspace = prepareOnce((db) =>
  db
    .select({ mark: workspaces.catalog_mark, secret: secrets })
    .from(workspaces)
    .leftJoin(secrets, eq(secrets.workspace_id, workspaces.id))
    .where(eq(workspaces.id, sql.placeholder("workspaceId")))
    .orderBy(asc(secrets.name))
    .prepare(),
);

/**
 * A workspace's secrets that are set, by name, and what its catalog is marked with at that moment (`readCatalogMark`); null
 * where there is no such workspace.
 */
export async function listSecretRows(
  db: Db,
  workspaceId: string,
): Promise<{ rows: SecretRow[]; mark: number | null }> {
  const found = await secretsOfWorkspace(db).all({ workspaceId });
  const rows = found.flatMap(({ secret }) => (secret === null ? [] : toSecret(secret)));
  return { rows, mark: found[0]?.mark ?? null };
}

export async function findSecretRow(db: Db, place: SecretPlace): Promise<SecretRow | undefined> {
  const [row] = await db.select().from(secrets).where(atPlace(place)).limit(1);
  return row && toSecret(row);
}

/** Which of these names are set, and who may have them. */
export async function findGrants(
  db: Db,
  workspaceId: string,
  names: readonly string[],
): Promise<Pick<SecretRow, "name" | "granted_to">[]> {
  const rows = await db
    .select({ name: secrets.name, granted_to: secrets.granted_to })
    .from(secrets)
    .where(and(ofWorkspace(workspaceId), isNamed(secrets.name, names)));
  return rows.map((row) => ({ ...row, granted_to: grantsForm.read(row.granted_to) }));
}

export async function countSecrets(db: Db, workspaceId: string): Promise<number> {
  const [row] = await db.select({ n: count() }).from(secrets).where(ofWorkspace(workspaceId));
  return row?.n ?? 0;
}

/** The newest values of those of these names that are set, sealed, with the workspace's wrapped key; null without one. */
export async function findSealed(
  db: Db,
  workspaceId: string,
  names: readonly string[],
): Promise<{ wrapped: string | null; sealed: SealedSecret[] }> {
  const [keys, rows] = await db.batch([
    selectKey(db, workspaceId),
    db
      .select({
        name: secrets.name,
        version: secrets.version,
        box: secretVersions.box,
        granted_to: secrets.granted_to,
        bound_to: secrets.bound_to,
      })
      .from(secrets)
      .innerJoin(
        secretVersions,
        and(
          eq(secretVersions.workspace_id, secrets.workspace_id),
          eq(secretVersions.name, secrets.name),
          eq(secretVersions.version, secrets.version),
        ),
      )
      .where(and(ofWorkspace(workspaceId), isNamed(secrets.name, names))),
  ]);
  const sealed = rows.map((row) => ({
    ...row,
    granted_to: grantsForm.read(row.granted_to),
    bound_to: bindingForm.read(row.bound_to),
  }));
  return { wrapped: keys[0]?.wrapped ?? null, sealed };
}

/**
 * Every value of these names that a run may have which was accepted at `since`, sealed, with the workspace's wrapped key; null
 * without one.
 */
export async function findKeptValues(
  db: Db,
  { workspaceId, names, since }: { workspaceId: string; names: readonly string[]; since: number },
): Promise<{ wrapped: string | null; sealed: { name: string; version: number; box: string | null }[] }> {
  const [keys, sealed] = await db.batch([
    selectKey(db, workspaceId),
    db
      .select({ name: secretVersions.name, version: secretVersions.version, box: secretVersions.box })
      .from(secretVersions)
      .where(
        and(
          idIs(secretVersions.workspace_id, workspaceId),
          isNamed(secretVersions.name, names),
          isNotNull(secretVersions.box),
          or(isNull(secretVersions.retired_at), gte(secretVersions.retired_at, since)),
        ),
      ),
  ]);
  return { wrapped: keys[0]?.wrapped ?? null, sealed };
}

function selectKey(db: Db, workspaceId: string) {
  return db
    .select({ wrapped: workspaceKeys.wrapped })
    .from(workspaceKeys)
    .where(idIs(workspaceKeys.workspace_id, workspaceId))
    .limit(1);
}

/** The workspace's wrapped data key: the one there is, or `wrapped` where there was none. */
export async function keepWorkspaceKey(
  db: Db,
  of: { workspaceId: WorkspaceId; wrapped: string; now: number },
): Promise<string> {
  const key = { workspace_id: of.workspaceId, wrapped: of.wrapped, created_at: of.now };
  const [, kept] = await db.batch([
    db.insert(workspaceKeys).values(key).onConflictDoNothing(),
    selectKey(db, of.workspaceId),
  ]);
  return kept[0]?.wrapped ?? of.wrapped;
}

export async function findWorkspaceKey(db: Db, workspaceId: string): Promise<string | null> {
  return (await selectKey(db, workspaceId))[0]?.wrapped ?? null;
}

/** Writes a new version in the place of the newest one. `granted_to` undefined leaves who may have it as it is. */
export async function putSecretRow(
  db: Db,
  row: {
    workspaceId: WorkspaceId;
    name: string;
    box: string;
    granted_to: string[] | null | undefined;
    bound_to: SecretBinding | null;
    by: string;
    now: number;
  },
): Promise<void> {
  const { workspaceId, name, box, granted_to, bound_to, by, now } = row;
  const newest = sql<number>`(SELECT coalesce(max(version), 0) FROM secret_versions WHERE workspace_id = ${workspaceId} AND name = ${name})`;
  const grants = granted_to === undefined ? {} : { granted_to };
  await db.batch([
    db
      .update(secretVersions)
      .set({ retired_at: now })
      .where(and(versionsAt(row), isNull(secretVersions.retired_at))),
    db.insert(secretVersions).values({
      workspace_id: workspaceId,
      name,
      version: sql<number>`${newest} + 1`,
      box,
      created_at: now,
      created_by: by,
    }),
    db
      .insert(secrets)
      .values({
        workspace_id: workspaceId,
        name,
        version: newest,
        ...grants,
        bound_to,
        created_at: now,
        updated_at: now,
      })
      .onConflictDoUpdate({
        target: [secrets.workspace_id, secrets.name],
        set: {
          version: newest,
          ...grants,
          bound_to,
          updated_at: now,
          last_checked_at: null,
          last_check_status: null,
        },
      }),
  ]);
}

/** False when there was none. */
export async function putGrants(db: Db, place: SecretPlace, grantedTo: string[] | null): Promise<boolean> {
  const changed = await db
    .update(secrets)
    .set({ granted_to: grantedTo })
    .where(atPlace(place))
    .returning({ name: secrets.name });
  return changed.length > 0;
}

/** False when there was none. Its values are retired; `wipeRetired` takes them away. */
export async function deleteSecretRow(db: Db, place: SecretPlace, now: number): Promise<boolean> {
  const [gone] = await db.batch([
    db.delete(secrets).where(atPlace(place)).returning({ name: secrets.name }),
    db
      .update(secretVersions)
      .set({ retired_at: now })
      .where(and(versionsAt(place), isNull(secretVersions.retired_at))),
  ]);
  return gone.length > 0;
}

/** Takes away the values that no run can have any more: those that were retired before `before`. */
export async function wipeRetired(db: Db, workspaceId: string, before: number): Promise<void> {
  const retired = and(
    idIs(secretVersions.workspace_id, workspaceId),
    lt(secretVersions.retired_at, before),
    isNotNull(secretVersions.box),
  );
  await db.update(secretVersions).set({ box: null }).where(retired);
}

/** A secret's versions, newest first. */
export async function listVersionRowsOf(
  db: Db,
  place: SecretPlace,
  limit: number,
): Promise<(typeof secretVersions.$inferSelect)[]> {
  return db
    .select()
    .from(secretVersions)
    .where(versionsAt(place))
    .orderBy(desc(secretVersions.version))
    .limit(limit);
}

/** Notes that a run was given these, where that was last noted before `before`: at most one row a secret in that time. */
export async function noteUse(
  db: Db,
  use: { workspaceId: string; names: readonly string[]; runId: string; now: number; before: number },
): Promise<void> {
  await db
    .update(secrets)
    .set({ last_used_at: use.now, last_used_run_id: use.runId })
    .where(
      and(
        ofWorkspace(use.workspaceId),
        isNamed(secrets.name, use.names),
        or(isNull(secrets.last_used_at), lt(secrets.last_used_at, use.before)),
      ),
    );
}

export async function noteCheck(
  db: Db,
  place: SecretPlace,
  check: { status: string; now: number },
): Promise<void> {
  await db
    .update(secrets)
    .set({ last_checked_at: check.now, last_check_status: check.status })
    .where(atPlace(place));
}

/** Wrapped data keys of all workspaces, a page from behind `after` on. */
export async function listWorkspaceKeys(
  db: Db,
  after: string,
  limit: number,
): Promise<{ id: WorkspaceId; text: string }[]> {
  return db
    .select({ id: workspaceKeys.workspace_id, text: workspaceKeys.wrapped })
    .from(workspaceKeys)
    .where(isAfter(workspaceKeys.workspace_id, after))
    .orderBy(asc(workspaceKeys.workspace_id))
    .limit(limit);
}

/** False when it was changed meanwhile. */
export async function replaceWorkspaceKey(
  db: Db,
  { id, from, to }: { id: string; from: string; to: string },
): Promise<boolean> {
  const changed = await db
    .update(workspaceKeys)
    .set({ wrapped: to })
    .where(and(idIs(workspaceKeys.workspace_id, id), eq(workspaceKeys.wrapped, from)))
    .returning({ id: workspaceKeys.workspace_id });
  return changed.length > 0;
}

/**
 * Puts a new wrapped key in the place of a lost one, and takes all secrets away whose values it opened. The values are
 * retired: nothing opens them. False, and nothing is changed, where the key is another one by now.
 */
export async function replaceLostKey(
  db: Db,
  { workspaceId, lost, wrapped, now }: { workspaceId: string; lost: string; wrapped: string; now: number },
): Promise<boolean> {
  const isReplaced = sql`EXISTS (SELECT 1 FROM workspace_keys WHERE workspace_id = ${workspaceId} AND wrapped = ${wrapped})`;
  const [replaced] = await db.batch([
    db
      .update(workspaceKeys)
      .set({ wrapped, created_at: now })
      .where(and(idIs(workspaceKeys.workspace_id, workspaceId), eq(workspaceKeys.wrapped, lost)))
      .returning({ id: workspaceKeys.workspace_id }),
    db.delete(secrets).where(and(ofWorkspace(workspaceId), isReplaced)),
    db
      .update(secretVersions)
      .set({ retired_at: now })
      .where(
        and(idIs(secretVersions.workspace_id, workspaceId), isNull(secretVersions.retired_at), isReplaced),
      ),
  ]);
  return replaced.length > 0;
}

export async function deleteAllSecrets(db: Db, workspaceId: string): Promise<void> {
  await db.batch([
    db.delete(secrets).where(ofWorkspace(workspaceId)),
    db.delete(secretVersions).where(idIs(secretVersions.workspace_id, workspaceId)),
    db.delete(workspaceKeys).where(idIs(workspaceKeys.workspace_id, workspaceId)),
  ]);
}
