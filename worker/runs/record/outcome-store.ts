import { and, count, desc, eq, gte, sql } from "drizzle-orm";
import type { RunId, WorkerName } from "#contract/ids";
import { runStatusSchema } from "#contract/runs/run";
import type { RunStatus } from "#contract/runs/run";
import type { Db } from "../../platform/db/client.ts";
import { idIs, isNoneOf } from "../../platform/db/id-is.ts";
import { runs } from "../../platform/db/schema/runs.ts";
import { firstIdAt } from "../../platform/ids.ts";

/** How a run went, as far as it is counted; times are epoch milliseconds. */
export interface RunOutcome {
  id: RunId;
  worker_name: WorkerName;
  status: RunStatus;
  created_at: number;
  completed_at: number | null;
  duration_ms: number | null;
  error: string | null;
  error_code: string | null;
}

/** A run's id may be promised before the run is made, at most a day before. */
const PROMISED_MS = 2 * 86_400_000;

/**
 * The newest runs made since then, newest first: of a workspace, or of one worker of it. Never more than `limit`, so that
 * counting them takes no longer because there are many.
 */
export async function listOutcomes(
  db: Db,
  of: { workspaceId: string; workerName?: string; hidden?: readonly string[]; since: number; limit: number },
): Promise<RunOutcome[]> {
  // The planner would rather go through the whole workspace than take the index of the worker.
  const from = of.workerName === undefined ? sql`${runs}` : sql`${runs} INDEXED BY "runs_by_worker"`;
  const rows = await db
    .select({
      id: sql<RunId>`${runs.id}`,
      worker_name: sql<WorkerName>`${runs.worker_name}`,
      status: sql<string>`${runs.status}`,
      created_at: sql<number>`${runs.created_at}`,
      completed_at: sql<number | null>`${runs.completed_at}`,
      duration_ms: sql<number | null>`${runs.duration_ms}`,
      error: sql<string | null>`${runs.error}`,
      error_code: sql<string | null>`${runs.error_code}`,
    })
    .from(from)
    .where(
      and(
        eq(runs.workspace_id, of.workspaceId),
        of.workerName === undefined ? undefined : idIs(runs.worker_name, of.workerName),
        gte(runs.id, firstIdAt("run", of.since - PROMISED_MS)),
        gte(runs.created_at, of.since),
        isNoneOf(runs.worker_name, of.hidden ?? []),
      ),
    )
    .orderBy(desc(runs.id))
    .limit(of.limit);
  return rows.map((row) => ({ ...row, status: runStatusSchema.parse(row.status) }));
}

/** How many runs wait in this state, `most` at most. */
export async function countWaitingRuns(
  db: Db,
  of: {
    workspaceId: string;
    hidden?: readonly string[];
    status: "queued" | "pending_approval";
    most: number;
  },
): Promise<number> {
  const seen = isNoneOf(runs.worker_name, of.hidden ?? []) ?? sql`TRUE`;
  // In the words of the partial index, so that it is seen to hold all of them.
  const some = sql`(SELECT 1 FROM ${runs} INDEXED BY "runs_by_status" WHERE ${runs.workspace_id} = ${of.workspaceId}
    AND status IN ('queued', 'pending_approval', 'failed', 'cancelled') AND ${runs.status} = ${of.status} AND ${seen} LIMIT ${of.most})`;
  const [row] = await db.select({ count: count() }).from(some);
  return row?.count ?? 0;
}
