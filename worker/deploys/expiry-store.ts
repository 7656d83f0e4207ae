import type { WorkerId, WorkerName, WorkspaceId } from "#contract/ids";
import { and, asc, eq, isNull, notExists } from "drizzle-orm";
import type { Db } from "../platform/db/client.ts";
import { idIs, isAfter } from "../platform/db/id-is.ts";
import { alerts, eventSubscriptions } from "../platform/db/schema/alerts.ts";
import { activations, versions, workers } from "../platform/db/schema/deploys.ts";
import { missedStarts, triggers } from "../platform/db/schema/triggers.ts";
import type { VersionTimes } from "./choose-idle-versions.ts";

/** A page of a workspace's workers, by name, from behind the name `after`. */
export async function listWorkersAfter(
  db: Db,
  of: { workspaceId: string; after: string; limit: number },
): Promise<{ id: WorkerId; name: WorkerName }[]> {
  return db
    .select({ id: workers.id, name: workers.name })
    .from(workers)
    .where(and(idIs(workers.workspace_id, of.workspaceId), isAfter(workers.name, of.after)))
    .orderBy(asc(workers.name))
    .limit(of.limit);
}

export async function isWorkerThere(db: Db, workerId: string): Promise<boolean> {
  const rows = await db.select({ id: workers.id }).from(workers).where(idIs(workers.id, workerId)).limit(1);
  return rows.length > 0;
}

/** How a worker's versions came and went. */
export async function loadVersionTimes(db: Db, workerId: string): Promise<VersionTimes> {
  const [active, numbers, byHand, pins] = await db.batch([
    db.select({ number: workers.active_version }).from(workers).where(idIs(workers.id, workerId)),
    db
      .select({ number: versions.number, created_at: versions.created_at })
      .from(versions)
      .where(idIs(versions.worker_id, workerId)),
    db
      .select({ to_version: activations.to_version, at: activations.at })
      .from(activations)
      .where(idIs(activations.worker_id, workerId)),
    db.select({ number: triggers.pinned_version }).from(triggers).where(idIs(triggers.worker_id, workerId)),
  ]);
  return {
    activeVersion: active[0]?.number ?? 0,
    versions: numbers,
    activations: byHand,
    pinned: pins.flatMap(({ number }) => number ?? []),
  };
}

/** The digest of a version's bundle. */
export async function findDigest(db: Db, workerId: string, number: number): Promise<string | undefined> {
  const [row] = await db
    .select({ digest: versions.digest })
    .from(versions)
    .where(and(idIs(versions.worker_id, workerId), eq(versions.number, number)));
  return row?.digest;
}

/** The digests of all bundles of a worker, each once. */
export async function listDigests(db: Db, workerId: string): Promise<string[]> {
  const rows = await db
    .selectDistinct({ digest: versions.digest })
    .from(versions)
    .where(idIs(versions.worker_id, workerId));
  return rows.map(({ digest }) => digest);
}

/** Deletes a version, unless it has become active or been pinned meanwhile; its number is not given out again. */
export async function deleteIdleVersion(db: Db, workerId: string, number: number): Promise<void> {
  const isActive = db
    .select({ id: workers.id })
    .from(workers)
    .where(and(idIs(workers.id, workerId), eq(workers.active_version, number)));
  const isPinned = db
    .select({ id: triggers.id })
    .from(triggers)
    .where(and(idIs(triggers.worker_id, workerId), eq(triggers.pinned_version, number)));
  await db
    .delete(versions)
    .where(
      and(
        idIs(versions.worker_id, workerId),
        eq(versions.number, number),
        notExists(isActive),
        notExists(isPinned),
      ),
    );
}

/** Who still has a version with this bundle: the worker itself, or anybody at all, in whatever workspace. */
export async function findBundleUse(
  db: Db,
  of: { workerId: string; digest: string },
): Promise<{ byWorker: boolean; byAnybody: boolean }> {
  const named = eq(versions.digest, of.digest);
  const one = { id: versions.id };
  const [mine, any] = await db.batch([
    db
      .select(one)
      .from(versions)
      .where(and(named, idIs(versions.worker_id, of.workerId)))
      .limit(1),
    db.select(one).from(versions).where(named).limit(1),
  ]);
  return { byWorker: mine.length > 0, byAnybody: any.length > 0 };
}

/** Deletes what may be left of a worker that is gone: a crash may have come between its row and these. */
export async function deleteLeftovers(db: Db, workerId: string): Promise<void> {
  await db.batch([
    db.delete(versions).where(idIs(versions.worker_id, workerId)),
    db.delete(alerts).where(idIs(alerts.worker_id, workerId)),
    db.delete(eventSubscriptions).where(idIs(eventSubscriptions.worker_id, workerId)),
    db.delete(missedStarts).where(idIs(missedStarts.worker_id, workerId)),
    db.delete(triggers).where(idIs(triggers.worker_id, workerId)),
    db.delete(activations).where(idIs(activations.worker_id, workerId)),
  ]);
}

/** A workspace's versions, `most` at most, and whether each is its worker's active one; times are epoch milliseconds. */
export async function listVersionSizes(
  db: Db,
  workspaceId: WorkspaceId,
  most: number,
): Promise<{ size: number; created_at: number; isActive: boolean }[]> {
  const rows = await db
    .select({
      size: versions.size_bytes,
      created_at: versions.created_at,
      number: versions.number,
      active: workers.active_version,
    })
    .from(workers)
    .innerJoin(versions, eq(versions.worker_id, workers.id))
    .where(eq(workers.workspace_id, workspaceId))
    .limit(most);
  return rows.map(({ size, created_at, number, active }) => ({
    size,
    created_at,
    isActive: number === active,
  }));
}

/** Lets none of a workspace's workers start anything any more: what goes cannot be started, whoever asks. */
export async function archiveWorkers(db: Db, workspaceId: WorkspaceId, now: number): Promise<void> {
  await db
    .update(workers)
    .set({ archived_at: now })
    .where(and(eq(workers.workspace_id, workspaceId), isNull(workers.archived_at)));
}
