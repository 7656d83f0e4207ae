import { and, asc, count, eq, gt, isNotNull, lte } from "drizzle-orm";
import type { SubscribedEvent } from "#contract/event-subscriptions/subscription";
import type { EventSubscriptionId, WorkerId, WorkerName, WorkspaceId } from "#contract/ids";
import type { Db } from "../../platform/db/client.ts";
import { idIs, isAfter } from "../../platform/db/id-is.ts";
import { eventSubscriptions } from "../../platform/db/schema/alerts.ts";
import { workers } from "../../platform/db/schema/deploys.ts";

export interface SubscriptionRow {
  id: EventSubscriptionId;
  workspace_id: WorkspaceId;
  worker_id: WorkerId;
  /** The token, or the connected client, in whose name it is told. */
  principal_id: string;
  event: SubscribedEvent;
  url: string;
  secret_box: string;
  created_at: number;
  /** Epoch milliseconds. */
  expires_at: number;
}

/** One that has not run out by `now`. */
export async function findSubscription(
  db: Db,
  id: string,
  now: number,
): Promise<SubscriptionRow | undefined> {
  const [row] = await db
    .select()
    .from(eventSubscriptions)
    .where(and(idIs(eventSubscriptions.id, id), gt(eventSubscriptions.expires_at, now)))
    .limit(1);
  return row;
}

/** Those of a worker that have not run out by `now`. */
export function listWorkerSubscriptions(db: Db, workerId: string, now: number): Promise<SubscriptionRow[]> {
  return db
    .select()
    .from(eventSubscriptions)
    .where(and(idIs(eventSubscriptions.worker_id, workerId), gt(eventSubscriptions.expires_at, now)))
    .orderBy(asc(eventSubscriptions.id));
}

/** Those of a workspace that have not run out by `now`, each with its worker's name, oldest first. */
export async function listSubscriptions(
  db: Db,
  workspaceId: WorkspaceId,
  now: number,
): Promise<(SubscriptionRow & { worker: WorkerName })[]> {
  const rows = await db
    .select({ row: eventSubscriptions, worker: workers.name })
    .from(eventSubscriptions)
    .innerJoin(workers, eq(workers.id, eventSubscriptions.worker_id))
    .where(and(eq(eventSubscriptions.workspace_id, workspaceId), gt(eventSubscriptions.expires_at, now)));
  // There are few, and their index is in the order of their ends.
  return rows.map(({ row, worker }) => ({ ...row, worker })).toSorted((a, b) => a.created_at - b.created_at);
}

export async function countSubscriptions(db: Db, workspaceId: WorkspaceId, now: number): Promise<number> {
  const [row] = await db
    .select({ found: count() })
    .from(eventSubscriptions)
    .where(and(eq(eventSubscriptions.workspace_id, workspaceId), gt(eventSubscriptions.expires_at, now)));
  return row?.found ?? 0;
}

/** Writes a subscription, or what of it may change; those of its workspace that have run out by `now` go. */
export async function putSubscription(db: Db, row: SubscriptionRow, now: number): Promise<void> {
  const { secret_box, expires_at } = row;
  const isOver = and(
    eq(eventSubscriptions.workspace_id, row.workspace_id),
    lte(eventSubscriptions.expires_at, now),
  );
  await db.batch([
    db.delete(eventSubscriptions).where(isOver),
    db
      .insert(eventSubscriptions)
      .values(row)
      .onConflictDoUpdate({ target: eventSubscriptions.id, set: { secret_box, expires_at } }),
  ]);
}

export async function deleteSubscription(db: Db, id: string): Promise<void> {
  await db.delete(eventSubscriptions).where(idIs(eventSubscriptions.id, id));
}

/** The sealed secrets of all subscriptions, a page from behind `after` on. */
export function listSubscriptionBoxes(
  db: Db,
  after: string,
  limit: number,
): Promise<{ id: string; text: string }[]> {
  return db
    .select({ id: eventSubscriptions.id, text: eventSubscriptions.secret_box })
    .from(eventSubscriptions)
    .where(and(isAfter(eventSubscriptions.id, after), isNotNull(eventSubscriptions.secret_box)))
    .orderBy(asc(eventSubscriptions.id))
    .limit(limit);
}

/** False when the box was changed meanwhile. */
export async function replaceSubscriptionBox(
  db: Db,
  { id, from, to }: { id: string; from: string; to: string },
): Promise<boolean> {
  const changed = await db
    .update(eventSubscriptions)
    .set({ secret_box: to })
    .where(and(idIs(eventSubscriptions.id, id), eq(eventSubscriptions.secret_box, from)))
    .returning({ id: eventSubscriptions.id });
  return changed.length > 0;
}
