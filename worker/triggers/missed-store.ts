import { and, desc, eq, gte, lt, sql } from "drizzle-orm";
import type { MissedStartId, TriggerId, WorkerId, WorkerName, WorkspaceId } from "#contract/ids";
import type { Db } from "../platform/db/client.ts";
import { idIs, isNoneOf } from "../platform/db/id-is.ts";
import { workers } from "../platform/db/schema/deploys.ts";
import { missedStarts } from "../platform/db/schema/triggers.ts";

/** Times are epoch milliseconds. */
export interface MissedStartRow {
  workspace_id: WorkspaceId;
  id: MissedStartId;
  worker_id: WorkerId;
  worker_name: WorkerName;
  trigger_id: TriggerId;
  name: string;
  due_at: number;
  noted_at: number;
  code: string;
  reason: string;
}

/**
 * Writes a missed start down under this id. Repeatable: of the same time nothing more is written, nor of a worker that is gone.
 */
export async function putMissedStart(
  db: Db,
  id: MissedStartId,
  missed: Record<"worker_id" | "trigger_id" | "name" | "code" | "reason", string> &
    Record<"due_at" | "noted_at", number>,
): Promise<void> {
  // In the order of the table's columns.
  const row = sql`
    SELECT ${workers.workspace_id}, ${id}, ${workers.id}, ${workers.name}, ${missed.trigger_id}, ${missed.name}, ${missed.due_at}, ${missed.noted_at}, ${missed.code}, ${missed.reason}
    FROM ${workers} WHERE ${idIs(workers.id, missed.worker_id)}`;
  await db.insert(missedStarts).select(row).onConflictDoNothing();
}

export interface MissedStartFilter {
  workspaceId: WorkspaceId;
  /** Names of workers whose missed starts are left out. */
  hidden: readonly string[];
  /** The worker whose missed starts alone are meant, as somebody named it. */
  workerName?: string | undefined;
  /** The only one that is meant. */
  id?: MissedStartId | undefined;
  /** Only those behind this one in the list. */
  before?: MissedStartId | undefined;
  /** Only those from this id on. */
  from?: MissedStartId;
  limit: number;
}

/** A workspace's missed starts, newest first. */
export function listMissedRows(db: Db, filter: MissedStartFilter): Promise<MissedStartRow[]> {
  const { workerName, id, before, from } = filter;
  return db
    .select()
    .from(missedStarts)
    .where(
      and(
        eq(missedStarts.workspace_id, filter.workspaceId),
        isNoneOf(missedStarts.worker_name, filter.hidden),
        workerName === undefined ? undefined : idIs(missedStarts.worker_name, workerName),
        id === undefined ? undefined : eq(missedStarts.id, id),
        before === undefined ? undefined : lt(missedStarts.id, before),
        from === undefined ? undefined : gte(missedStarts.id, from),
      ),
    )
    .orderBy(desc(missedStarts.id))
    .limit(filter.limit);
}

/** Deletes a workspace's missed starts from before an id. */
export async function forgetMissedStarts(
  db: Db,
  of: { workspaceId: string; before: MissedStartId },
): Promise<void> {
  await db
    .delete(missedStarts)
    .where(and(idIs(missedStarts.workspace_id, of.workspaceId), lt(missedStarts.id, of.before)));
}
