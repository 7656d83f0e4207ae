import { and, asc, desc, eq, not, sql } from "drizzle-orm";
import type { WorkerId } from "#contract/ids";
import { manifestDocument, templateDocument } from "../catalog/prepared-version.ts";
import { toVersionRow } from "../catalog/store.ts";
import type { VersionRow, WorkerRow, WorkerVersion } from "../catalog/store.ts";
import { claimsOf } from "../catalog/tool-claims.ts";
import { isHeld } from "../catalog/tool-holder-store.ts";
import type { Db } from "../platform/db/client.ts";
import { idIs } from "../platform/db/id-is.ts";
import { workerGrants } from "../platform/db/schema/access.ts";
import { alerts, eventSubscriptions, workerWatches } from "../platform/db/schema/alerts.ts";
import { activations, versions, workers } from "../platform/db/schema/deploys.ts";
import { missedStarts } from "../platform/db/schema/triggers.ts";

/** A worker's versions, newest first. */
export async function listVersionRows(db: Db, workerId: WorkerId, limit: number): Promise<VersionRow[]> {
  const rows = await db
    .select()
    .from(versions)
    .where(eq(versions.worker_id, workerId))
    .orderBy(desc(versions.number))
    .limit(limit);
  return rows.map(toVersionRow);
}

/** Numbers and bundles of all versions of a worker, the oldest first; times are epoch milliseconds. */
export async function listVersionDigests(
  db: Db,
  workerId: WorkerId,
): Promise<{ number: number; digest: string; created_at: number }[]> {
  return db
    .select({ number: versions.number, digest: versions.digest, created_at: versions.created_at })
    .from(versions)
    .where(eq(versions.worker_id, workerId))
    .orderBy(asc(versions.number));
}

export async function findVersion(
  db: Db,
  workerId: WorkerId,
  number: number,
): Promise<VersionRow | undefined> {
  const [row] = await db
    .select()
    .from(versions)
    .where(and(eq(versions.worker_id, workerId), eq(versions.number, number)))
    .limit(1);
  return row && toVersionRow(row);
}

/** The worker's version of this id, as somebody sent it. */
export async function findVersionById(
  db: Db,
  workerId: WorkerId,
  id: string,
): Promise<VersionRow | undefined> {
  const [row] = await db
    .select()
    .from(versions)
    .where(and(idIs(versions.id, id), eq(versions.worker_id, workerId)))
    .limit(1);
  return row && toVersionRow(row);
}

/**
 * Writes a new worker with its first version, both or neither. Fails when the name is taken; false when tools of another
 * worker are called as this one's would be.
 */
export async function insertWorker(db: Db, { worker, version }: WorkerVersion): Promise<boolean> {
  const template = version.template && templateDocument.write(version.template);
  const first = { ...version, manifest: manifestDocument.write(version.manifest), template };
  const isTaken = isHeld(claimsOf(version));
  const [, , , taken] = await db.batch([
    db.insert(workers).values(worker),
    db.insert(versions).values(first),
    db.delete(versions).where(and(eq(versions.worker_id, worker.id), isTaken)),
    db
      .delete(workers)
      .where(and(eq(workers.id, worker.id), isTaken))
      .returning({ id: workers.id }),
  ]);
  return taken.length === 0;
}

/** The row as a SELECT from `workers`, so that it is only there if the worker still is and nobody took the number. */
function versionAsSelect(db: Db, version: VersionRow) {
  const template = version.template && JSON.stringify(templateDocument.write(version.template));
  return db
    .select({
      id: sql`${version.id}`.as("id"),
      workspace_id: workers.workspace_id,
      worker_id: sql`${workers.id}`.as("worker_id"),
      number: sql`${version.number}`.as("number"),
      digest: sql`${version.digest}`.as("digest"),
      manifest: sql`${JSON.stringify(manifestDocument.write(version.manifest))}`.as("manifest"),
      file_count: sql`${version.file_count}`.as("file_count"),
      size_bytes: sql`${version.size_bytes}`.as("size_bytes"),
      created_at: sql`${version.created_at}`.as("created_at"),
      pushed_by: sql`${version.pushed_by}`.as("pushed_by"),
      template: sql`${template}`.as("template"),
      state: sql`${version.state}`.as("state"),
      signature: sql`${version.signature}`.as("signature"),
      decided_by: sql`NULL`.as("decided_by"),
      decided_at: sql`NULL`.as("decided_at"),
      decision_reason: sql`NULL`.as("decision_reason"),
    })
    .from(workers)
    .where(isNextOf(version));
}

/** The worker whose newest version is the one before `version`, if no other worker has a name that it takes. */
function isNextOf(version: VersionRow) {
  const isNext = eq(workers.latest_version, version.number - 1);
  return and(eq(workers.id, version.worker_id), isNext, not(isHeld(claimsOf(version))));
}

/**
 * Writes the next version of a worker and makes it active, both or neither; one that is not live is written alone. False when another push took the number
 * first, another worker a name of its tools, or the worker was deleted in between.
 */
export async function insertVersion(
  db: Db,
  version: VersionRow,
  { archivedAt, isLive }: { archivedAt: number | null; isLive: boolean },
): Promise<boolean> {
  const { visibility } = version.manifest;
  const [inserted] = await db.batch([
    db.insert(versions).select(versionAsSelect(db, version)).returning({ id: versions.id }),
    db
      .update(workers)
      .set({
        latest_version: version.number,
        updated_at: version.created_at,
        ...(isLive ? { active_version: version.number } : {}),
        ...(archivedAt === null || !isLive ? {} : { archived_at: archivedAt }),
        ...(visibility === undefined || !isLive ? {} : { visibility }),
      })
      .where(isNextOf(version)),
  ]);
  return inserted.length === 1;
}

/** Archives (a time) or restores (null) a worker. */
export async function setArchived(
  db: Db,
  workerId: WorkerId,
  archive: { archived_at: number | null; archive_reason: string | null; updated_at: number },
): Promise<void> {
  await db.update(workers).set(archive).where(eq(workers.id, workerId));
}

/** Puts a worker into a folder: empty for in none, null for the one that worker.yml names. */
export async function setFolder(
  db: Db,
  workerId: WorkerId,
  change: Pick<WorkerRow, "folder" | "updated_at">,
): Promise<void> {
  await db.update(workers).set(change).where(eq(workers.id, workerId));
}

/** Pauses (a time) or resumes (null) a worker. `resumed_version`: whose `paused: true` counts no more. */
export async function setPause(
  db: Db,
  workerId: WorkerId,
  pause: { paused_at: number | null; resumed_version: number | null },
): Promise<void> {
  await db.update(workers).set(pause).where(eq(workers.id, workerId));
}

/** Removes a worker with its versions, its alerts, the starts it missed and the record of its activations. Bundles are the housekeeper's: others may share them. */
export async function removeWorker(db: Db, workerId: string): Promise<void> {
  await db.batch([
    db.delete(versions).where(idIs(versions.worker_id, workerId)),
    db.delete(activations).where(idIs(activations.worker_id, workerId)),
    db.delete(alerts).where(idIs(alerts.worker_id, workerId)),
    db
      .delete(workerWatches)
      .where(
        sql`${workerWatches.workspace_id} = (SELECT ${workers.workspace_id} FROM ${workers} WHERE ${workers.id} = ${workerId}) AND ${workerWatches.worker_id} = ${workerId}`,
      ),
    db.delete(eventSubscriptions).where(idIs(eventSubscriptions.worker_id, workerId)),
    db.delete(missedStarts).where(idIs(missedStarts.worker_id, workerId)),
    db.delete(workerGrants).where(idIs(workerGrants.worker_id, workerId)),
    db.delete(workers).where(idIs(workers.id, workerId)),
  ]);
}
