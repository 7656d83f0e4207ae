import type { RunId } from "#contract/ids";
import { and, asc, count, desc, eq, isNull, lt } from "drizzle-orm";
import type { Db } from "../../platform/db/client.ts";
import { idIs, idIsOneOf, isBefore } from "../../platform/db/id-is.ts";
import { runs } from "../../platform/db/schema/runs.ts";
import { idTime } from "../../platform/ids.ts";

/** The runs of one worker: by its uid, for its name may have had another worker before or after. */
export interface RunsOfWorker {
  workspaceId: string;
  workerId: string;
  workerName: string;
}

/**
 * Runs that ended before `endedBefore`, newest first, from below the id `below`. A run is made before it ends, and ids
 * sort by when they were made: the order of the list finds them, without an index of its own that each run would pay.
 */
export async function listEndedRuns(
  db: Db,
  of: { workspaceId: string; endedBefore: number; below: string; limit: number },
): Promise<RunId[]> {
  const rows = await db
    .select({ id: runs.id })
    .from(runs)
    .where(
      and(
        eq(runs.workspace_id, of.workspaceId),
        isBefore(runs.id, of.below),
        lt(runs.completed_at, of.endedBefore),
      ),
    )
    .orderBy(desc(runs.id))
    .limit(of.limit);
  return rows.map(({ id }) => id);
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

/** A worker's runs, newest first, from below the id `below`. */
export async function listRunsOfWorker(
  db: Db,
  of: RunsOfWorker & { below: string; limit: number },
): Promise<RunId[]> {
  const rows = await db
    .select({ id: runs.id })
    .from(runs)
    .where(and(isOfWorker(of), isBefore(runs.id, of.below)))
    .orderBy(desc(runs.id))
    .limit(of.limit);
  return rows.map(({ id }) => id);
}

/** A worker's runs that have not ended; reads all its rows. */
export async function listOpenRuns(db: Db, of: RunsOfWorker): Promise<RunId[]> {
  const rows = await db
    .select({ id: runs.id })
    .from(runs)
    .where(and(isOfWorker(of), isNull(runs.completed_at)));
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

/** Whether a run of this version of a worker is kept; the oldest is looked at first. */
export async function isVersionUsed(db: Db, of: RunsOfWorker, version: number): Promise<boolean> {
  const [row] = await db
    .select({ id: runs.id })
    .from(runs)
    .where(and(isOfWorker(of), eq(runs.version, version)))
    .orderBy(asc(runs.id))
    .limit(1);
  return row !== undefined;
}

/** Takes runs off the lists, whose objects are gone. */
export async function deleteRunRows(db: Db, workspaceId: string, ids: readonly string[]): Promise<void> {
  await db.delete(runs).where(and(eq(runs.workspace_id, workspaceId), idIsOneOf(runs.id, ids)));
}

function isOfWorker({ workspaceId, workerId, workerName }: RunsOfWorker) {
  return and(
    eq(runs.workspace_id, workspaceId),
    idIs(runs.worker_name, workerName),
    eq(runs.worker_id, workerId),
  );
}

/** So many runs are counted; beyond that a count would cost more than it says. */
const COUNTED_MOST = 100_000;

/** How many runs a workspace has, as far as they are counted, and when the oldest was made; null for none. */
export async function sumRuns(
  db: Db,
  workspaceId: string,
): Promise<{ count: number; bytes: null; oldestAt: number | null }> {
  const some = db
    .select({ id: runs.id })
    .from(runs)
    .where(eq(runs.workspace_id, workspaceId))
    .limit(COUNTED_MOST)
    .as("some");
  const [[row], oldestAt] = await Promise.all([
    db.select({ count: count() }).from(some),
    findOldestRunTime(db, workspaceId),
  ]);
  return { count: row?.count ?? 0, bytes: null, oldestAt };
}
