import { and, asc, eq } from "drizzle-orm";
import type { TriggerId, WorkerId, WorkerName, WorkspaceId } from "#contract/ids";
import type { TriggerType } from "#contract/triggers/trigger";
import type { Db } from "../platform/db/client.ts";
import { idIs, idIsOneOf } from "../platform/db/id-is.ts";
import { triggers } from "../platform/db/schema/triggers.ts";
import type { TriggerPlan } from "./plan-triggers.ts";

export interface TriggerRow {
  id: TriggerId;
  workspace_id: WorkspaceId;
  worker_id: WorkerId;
  worker_name: WorkerName;
  name: string;
  type: TriggerType;
  origin: "manifest" | "api";
  spec: unknown;
  paused: boolean;
  pinned_version: number | null;
  /** The webhook's secrets, sealed. */
  secret_box: string | null;
  /** The tokens of who made it, and of who last changed what it starts. */
  made_by: string | null;
  changed_by: string | null;
  created_at: number;
  updated_at: number;
}

/** A workspace's triggers by worker and name; those of one worker when `workerId` is given. */
export async function listTriggerRows(
  db: Db,
  of: { workspaceId: WorkspaceId; workerId?: string },
): Promise<TriggerRow[]> {
  const rows = await db
    .select()
    .from(triggers)
    .where(
      and(
        eq(triggers.workspace_id, of.workspaceId),
        of.workerId === undefined ? undefined : idIs(triggers.worker_id, of.workerId),
      ),
    )
    .orderBy(asc(triggers.worker_name), asc(triggers.name));
  return rows;
}

export async function findTriggerRow(db: Db, id: string): Promise<TriggerRow | undefined> {
  const [row] = await db.select().from(triggers).where(idIs(triggers.id, id)).limit(1);
  return row;
}

/** Adds a trigger; false when the worker has one of this name. */
export async function insertTrigger(db: Db, row: TriggerRow): Promise<boolean> {
  const inserted = await db.insert(triggers).values(row).onConflictDoNothing().returning({ id: triggers.id });
  return inserted.length === 1;
}

export async function updateTrigger(
  db: Db,
  id: TriggerId,
  change: Partial<Pick<TriggerRow, "spec" | "paused" | "pinned_version" | "changed_by">> & {
    updated_at: number;
  },
): Promise<void> {
  await db.update(triggers).set(change).where(eq(triggers.id, id));
}

export async function removeTrigger(db: Db, id: TriggerId): Promise<void> {
  await db.delete(triggers).where(eq(triggers.id, id));
}

/** Removes all triggers of a worker that is no more. */
export async function removeTriggersOf(db: Db, workerId: string): Promise<void> {
  await db.delete(triggers).where(idIs(triggers.worker_id, workerId));
}

/** Carries a plan out, all of it or nothing. */
export async function applyPlan(
  db: Db,
  plan: TriggerPlan,
  make: { now: number; by: string | null; insert: readonly TriggerRow[] },
): Promise<void> {
  const changed = plan.update.map(({ id, spec }) =>
    db
      .update(triggers)
      .set({ spec, origin: "manifest", changed_by: make.by, updated_at: make.now })
      .where(eq(triggers.id, id)),
  );
  // Removals come first: a new trigger may take a removed one's name.
  await db.batch([
    db.delete(triggers).where(idIsOneOf(triggers.id, plan.remove)),
    ...changed,
    ...make.insert.map((row) => db.insert(triggers).values(row)),
  ]);
}
