import type { RunId } from "#contract/ids";
import { and, asc, count, desc, eq, isNull, sql } from "drizzle-orm";
import type { Db } from "../../platform/db/client.ts";
import { idIs, idIsOneOf, isBefore } from "../../platform/db/id-is.ts";
import { runs } from "../../platform/db/schema/runs.ts";
import { idTime } from "../../platform/ids.ts";

/** What must be known of a run to say whether it goes; times are epoch milliseconds. */
export interface RunFacts {
  id: RunId;
  worker_id: string;
  version: number;
  completed_at: number | null;
}

/**
 * A page of runs, newest first, from below the id `below`: all of the workspace's, or those that are listed under a
 * worker's name. Who asks chooses among them, so that no page reads more than it answers. A run is made before it ends
 * and ids sort by when they were made: the order of the list finds what is old, without an index that each run would pay.
 */
export async function listRunFacts(
  db: Db,
  of: { workspaceId: string; workerName?: string; below: string; limit: number },
): Promise<RunFacts[]> {
  return db
    .select({
      id: runs.id,
      worker_id: runs.worker_id,
      version: runs.version,
      completed_at: runs.completed_at,
    })
    .from(runs)
    .where(
      and(
        eq(runs.workspace_id, of.workspaceId),
        of.workerName === undefined ? undefined : idIs(runs.worker_name, of.workerName),
        isBefore(runs.id, of.below),
      ),
    )
    .orderBy(desc(runs.id))
    .limit(of.limit);
}

/** When the oldest run that is kept was made, epoch milliseconds; null when none is. */
export async function findOldestRunTime(db: Db, workspaceId: string): Promise<number | null> {
  const [row] = await db
    .select({ id: runs.id })
    .from(runs)
    .where(eq(runs.workspace_id, workspaceId))
    .orderBy(asc(runs.id))
    .limit(1);
  return row ? idTime(row.id) : null;
}

/** A worker's runs that wait for people; those that wait for anything else or run are in its queue. */
export async function listHeldRuns(db: Db, workspaceId: string, workerId: string): Promise<RunId[]> {
  const rows = await db
    .select({ id: sql<RunId>`${runs.id}` })
    // The planner would rather go through the whole workspace.
    .from(sql`${runs} INDEXED BY "runs_by_status"`)
    .where(
      and(
        eq(runs.workspace_id, workspaceId),
        // In the words of the partial index, so that it is seen to hold all of them.
        sql`status IN ('queued', 'pending_approval', 'failed', 'cancelled')`,
        eq(runs.status, "pending_approval"),
        eq(runs.worker_id, workerId),
      ),
    );
  return rows.map(({ id }) => id);
}

/** Which of these runs have not ended; `waits`: for its turn, a sandbox or people, so that nothing of it is under way. */
export async function findOpenRuns(
  db: Db,
  workspaceId: string,
  ids: readonly string[],
): Promise<{ id: RunId; waits: boolean }[]> {
  const rows = await db
    .select({ id: runs.id, status: runs.status })
    .from(runs)
    .where(and(eq(runs.workspace_id, workspaceId), idIsOneOf(runs.id, ids), isNull(runs.completed_at)));
  return rows.map(({ id, status }) => ({ id, waits: status !== "running" }));
}

/** Takes runs off the lists, whose objects are gone. */
export async function deleteRunRows(db: Db, workspaceId: string, ids: readonly string[]): Promise<void> {
  await db.delete(runs).where(and(eq(runs.workspace_id, workspaceId), idIsOneOf(runs.id, ids)));
}

/** How many runs a workspace has, `most` at most. */
export async function countRuns(db: Db, workspaceId: string, most: number): Promise<number> {
  const some = sql`(SELECT 1 FROM ${runs} WHERE ${runs.workspace_id} = ${workspaceId} LIMIT ${most})`;
  const [row] = await db.select({ count: count() }).from(some);
  return row?.count ?? 0;
}
