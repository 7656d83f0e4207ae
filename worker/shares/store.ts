import { and, desc, eq, gt, isNull, lt, lte, or, sql } from "drizzle-orm";
import type { ShareId, WorkerId, WorkspaceId } from "#contract/ids";
import { limits } from "#contract/limits";
import { onVersion, toWorkerVersion } from "../catalog/store.ts";
import type { WorkerVersion } from "../catalog/store.ts";
import type { Db } from "../platform/db/client.ts";
import { idIs, idIsOneOf } from "../platform/db/id-is.ts";
import { workspaces } from "../platform/db/schema/access.ts";
import { versions, workers } from "../platform/db/schema/deploys.ts";
import { appEntries, apps, shares, visitorRuns } from "../platform/db/schema/shares.ts";
import { appSettingsDocument, shareActionsForm } from "./app-settings.ts";
import type { AppSettings } from "./app-settings.ts";
import type { FoundLink } from "./door.ts";

export type AppRow = Omit<typeof apps.$inferSelect, "settings"> & { settings: AppSettings };
export type ShareRow = Omit<typeof shares.$inferSelect, "actions"> & { actions: string[] | null };

const toApp = (row: typeof apps.$inferSelect): AppRow => ({
  ...row,
  settings: appSettingsDocument.read(row.settings),
});
const toShare = (row: typeof shares.$inferSelect): ShareRow => ({
  ...row,
  actions: shareActionsForm.read(row.actions),
});

/** The link of this digest, unless it is over; with its worker as that is now. One query, whatever it leads to. */
export async function findLink(db: Db, hash: string, now: number): Promise<FoundLink | undefined> {
  const [row] = await db
    .select({ share: shares, worker: workers, version: versions, app: apps })
    .from(shares)
    .innerJoin(workspaces, and(eq(workspaces.id, shares.workspace_id), isNull(workspaces.deleted_at)))
    .leftJoin(workers, eq(workers.id, shares.worker_id))
    .leftJoin(versions, onVersion())
    .leftJoin(apps, eq(apps.worker_id, shares.worker_id))
    .where(and(eq(shares.hash, hash), gt(shares.expires_at, now)))
    .limit(1);
  if (row === undefined) return undefined;
  const { worker, version, app } = row;
  return {
    share: toShare(row.share),
    found: worker && version ? toWorkerVersion({ worker, version }) : null,
    app: app && toApp(app),
  };
}

/** The page at this address, unless it is over, with its worker as that is now. */
export async function findPage(
  db: Db,
  slug: string,
  now: number,
): Promise<{ app: AppRow; found: WorkerVersion } | undefined> {
  const [row] = await db
    .select({ app: apps, worker: workers, version: versions })
    .from(apps)
    .innerJoin(workspaces, and(eq(workspaces.id, apps.workspace_id), isNull(workspaces.deleted_at)))
    .innerJoin(workers, eq(workers.id, apps.worker_id))
    .innerJoin(versions, onVersion())
    .where(and(eq(apps.slug, slug), or(isNull(apps.expires_at), gt(apps.expires_at, now))))
    .limit(1);
  return row && { app: toApp(row.app), found: toWorkerVersion(row) };
}

export async function findApp(db: Db, workerId: WorkerId): Promise<AppRow | undefined> {
  const [row] = await db.select().from(apps).where(eq(apps.worker_id, workerId)).limit(1);
  return row && toApp(row);
}

/** Whose page has this address. */
export async function findSlugOwner(db: Db, slug: string): Promise<WorkerId | undefined> {
  const [row] = await db.select({ id: apps.worker_id }).from(apps).where(eq(apps.slug, slug)).limit(1);
  return row?.id;
}

/**
 * Writes a page, but for how many runs it has started; false where another has its address, or the workspace is gone.
 * Whoever else writes at the same moment, none is refused by the database.
 */
export async function putApp(db: Db, app: AppRow): Promise<boolean> {
  const row = { ...app, settings: appSettingsDocument.write(app.settings) };
  const { run_count: _count, created_at: _made, ...change } = row;
  const taken = sql`EXISTS (SELECT 1 FROM apps AS other WHERE other.slug = ${app.slug} AND other.worker_id <> ${app.worker_id})`;
  const [workspace] = await db
    .select({ id: workspaces.id })
    .from(workspaces)
    .where(eq(workspaces.id, app.workspace_id))
    .limit(1);
  if (workspace === undefined) return false;
  const update = async () =>
    db
      .update(apps)
      .set(change)
      .where(and(eq(apps.worker_id, app.worker_id), sql`NOT ${taken}`))
      .returning({ id: apps.worker_id });
  if ((await update()).length > 0) return true;
  const made = await db.insert(apps).values(row).onConflictDoNothing().returning({ id: apps.worker_id });
  return made.length > 0 || (await update()).length > 0;
}

/** Writes a link; false where the workspace has all that it may, or is being deleted. */
export async function putShare(db: Db, share: ShareRow): Promise<boolean> {
  const [room] = await db
    .select({ count: sql<number>`(SELECT count(*) FROM shares WHERE workspace_id = ${share.workspace_id})` })
    .from(workspaces)
    .where(and(eq(workspaces.id, share.workspace_id), isNull(workspaces.deleted_at)))
    .limit(1);
  if (room === undefined || room.count >= limits.workspace_shares.value) return false;
  await db.insert(shares).values(share);
  return true;
}

/** The links of a workspace with the name of the worker of each, newest first. */
export async function listShareRows(
  db: Db,
  workspaceId: WorkspaceId,
): Promise<{ share: ShareRow; worker: string | null }[]> {
  const rows = await db
    .select({ share: shares, worker: workers.name })
    .from(shares)
    .leftJoin(workers, eq(workers.id, shares.worker_id))
    .where(eq(shares.workspace_id, workspaceId))
    .orderBy(desc(shares.id))
    .limit(limits.workspace_shares.value);
  return rows.map(({ share, worker }) => ({ share: toShare(share), worker }));
}

export async function findShareRow(
  db: Db,
  workspaceId: WorkspaceId,
  id: string,
): Promise<{ share: ShareRow; worker: string | null } | undefined> {
  const [row] = await db
    .select({ share: shares, worker: workers.name })
    .from(shares)
    .leftJoin(workers, eq(workers.id, shares.worker_id))
    .where(and(eq(shares.workspace_id, workspaceId), idIs(shares.id, id)))
    .limit(1);
  return row && { share: toShare(row.share), worker: row.worker };
}

/** Takes a link away, and the links to results that were made by whoever came by it. */
export async function deleteShareRow(db: Db, workspaceId: WorkspaceId, id: ShareId): Promise<void> {
  const isOfIt = or(eq(shares.id, id), eq(shares.created_by, id));
  await db.delete(shares).where(and(eq(shares.workspace_id, workspaceId), isOfIt));
}

/** Takes every link to a worker away, and the links to results that were made by whoever came by one. */
export async function deleteWorkerLinks(db: Db, workerId: WorkerId): Promise<void> {
  const isOfLinks = or(eq(shares.kind, "worker"), sql`substr(${shares.created_by}, 1, 4) = 'shr_'`);
  await db.delete(shares).where(and(eq(shares.worker_id, workerId), isOfLinks));
}

/** Takes every link to a run and its files away. */
export async function deleteRunLinks(db: Db, workspaceId: WorkspaceId, runId: string): Promise<void> {
  await db.delete(shares).where(and(eq(shares.workspace_id, workspaceId), idIs(shares.run_id, runId)));
}

/** Forgets the links of a workspace that ended before a time, epoch milliseconds. */
export async function forgetEndedShares(db: Db, workspaceId: WorkspaceId, before: number): Promise<void> {
  await db.delete(shares).where(and(eq(shares.workspace_id, workspaceId), lte(shares.expires_at, before)));
}

/** Counts one more run of a door in the step that asks whether there may be one; false where there may not. */
export async function takeRun(
  db: Db,
  door: { id: string; kind: "link" | "page" },
  now: number,
): Promise<boolean> {
  if (door.kind === "link") {
    const taken = await db
      .update(shares)
      .set({ run_count: sql`${shares.run_count} + 1` })
      .where(
        and(
          idIs(shares.id, door.id),
          gt(shares.expires_at, now),
          or(isNull(shares.run_cap), lt(shares.run_count, shares.run_cap)),
        ),
      )
      .returning({ id: shares.id });
    return taken.length === 1;
  }
  const taken = await db
    .update(apps)
    .set({ run_count: sql`${apps.run_count} + 1` })
    .where(
      and(
        idIs(apps.worker_id, door.id),
        sql`${apps.state} NOT IN ('private', 'link')`,
        or(isNull(apps.expires_at), gt(apps.expires_at, now)),
        or(isNull(apps.run_cap), lt(apps.run_count, apps.run_cap)),
      ),
    )
    .returning({ id: apps.worker_id });
  return taken.length === 1;
}

/** Takes back what `takeRun` counted, where nothing was started. */
export async function giveRunBack(db: Db, door: { id: string; kind: "link" | "page" }): Promise<void> {
  if (door.kind === "link") {
    const less = sql`max(${shares.run_count} - 1, 0)`;
    await db.update(shares).set({ run_count: less }).where(idIs(shares.id, door.id));
    return;
  }
  const less = sql`max(${apps.run_count} - 1, 0)`;
  await db.update(apps).set({ run_count: less }).where(idIs(apps.worker_id, door.id));
}

export async function putVisitorRun(db: Db, row: typeof visitorRuns.$inferInsert): Promise<void> {
  await db.insert(visitorRuns).values(row).onConflictDoNothing();
}

/** Whether this visitor has started this run through this door. */
export async function isVisitorRun(
  db: Db,
  { runId, door, visitor }: { runId: string; door: string; visitor: string },
): Promise<boolean> {
  const rows = await db
    .select({ id: visitorRuns.run_id })
    .from(visitorRuns)
    .where(and(idIs(visitorRuns.run_id, runId), eq(visitorRuns.door, door), eq(visitorRuns.visitor, visitor)))
    .limit(1);
  return rows.length === 1;
}

export async function putEntry(db: Db, entry: typeof appEntries.$inferInsert, now: number): Promise<void> {
  await db.delete(appEntries).where(lte(appEntries.expires_at, now));
  await db.insert(appEntries).values(entry);
}

/** Uses a way in up; the address it was sent to, undefined where there is none any more. */
export async function takeEntry(
  db: Db,
  { hash, workerId, now }: { hash: string; workerId: WorkerId; now: number },
): Promise<string | undefined> {
  const [taken] = await db
    .delete(appEntries)
    .where(and(eq(appEntries.hash, hash), eq(appEntries.worker_id, workerId), gt(appEntries.expires_at, now)))
    .returning({ email: appEntries.email });
  return taken?.email;
}

/** What visitors and links have of runs that are deleted. */
export async function deleteSharesOfRuns(db: Db, runIds: readonly string[]): Promise<void> {
  await db.batch([
    db.delete(visitorRuns).where(idIsOneOf(visitorRuns.run_id, runIds)),
    db.delete(shares).where(idIsOneOf(shares.run_id, runIds)),
  ]);
}

/** What a worker's page and links were, once it is gone. */
export async function deleteSharesOfWorker(db: Db, workerId: string): Promise<void> {
  await db.batch([
    db.delete(appEntries).where(idIs(appEntries.worker_id, workerId)),
    db.delete(apps).where(idIs(apps.worker_id, workerId)),
    db.delete(shares).where(idIs(shares.worker_id, workerId)),
  ]);
}

export async function deleteAllShares(db: Db, workspaceId: string): Promise<void> {
  await db.batch([
    db.delete(visitorRuns).where(idIs(visitorRuns.workspace_id, workspaceId)),
    db.delete(apps).where(idIs(apps.workspace_id, workspaceId)),
    db.delete(shares).where(idIs(shares.workspace_id, workspaceId)),
  ]);
}
