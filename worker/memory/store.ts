import { and, desc, eq, isNull, sql } from "drizzle-orm";
import type { FeedbackId, LearningId, RunId, WorkerId, WorkspaceId } from "#contract/ids";
import type { LearningState } from "#contract/memory/memory";
import type { Db } from "../platform/db/client.ts";
import { idIs, isBefore } from "../platform/db/id-is.ts";
import { learnings, workerFeedback } from "../platform/db/schema/memory.ts";

export type LearningRow = typeof learnings.$inferSelect;
export type FeedbackRow = typeof workerFeedback.$inferSelect;

/** A learning as a call writes it. */
export interface NewLearning {
  id: LearningId;
  workspace_id: WorkspaceId;
  worker_id: WorkerId;
  run_id: RunId;
  call_key: string;
  learning: string;
  source: string | null;
  why_waiting: string | null;
  created_at: number;
}

/** Writes a learning unless its call has written one; false where the worker has as many as it may have. */
export async function insertLearning(db: Db, row: NewLearning, most: number): Promise<boolean> {
  const state: LearningState = row.why_waiting === null ? "kept" : "proposed";
  // In the order of the table's columns.
  const insert = db
    .insert(learnings)
    .select(
      sql`SELECT ${row.id}, ${row.workspace_id}, ${row.worker_id}, ${row.run_id}, ${row.call_key}, ${row.learning}, ${row.source}, ${state}, ${row.why_waiting}, ${row.created_at}, NULL, NULL
      WHERE (SELECT count(*) FROM learnings WHERE worker_id = ${row.worker_id}) < ${most}`,
    )
    .onConflictDoNothing();
  const there = db.select({ id: learnings.id }).from(learnings).where(eq(learnings.call_key, row.call_key));
  const [, found] = await db.batch([insert, there]);
  return found.length > 0;
}

/** Learnings of a worker, newest first; those before an id where one is named. */
export async function listLearningRows(
  db: Db,
  workerId: string,
  { state, before, limit }: { state?: LearningState | undefined; before?: string | undefined; limit: number },
): Promise<LearningRow[]> {
  return db
    .select()
    .from(learnings)
    .where(
      and(
        idIs(learnings.worker_id, workerId),
        state === undefined ? undefined : eq(learnings.state, state),
        before === undefined ? undefined : isBefore(learnings.id, before),
      ),
    )
    .orderBy(desc(learnings.id))
    .limit(limit);
}

export async function findLearningRow(
  db: Db,
  { workerId, id }: { workerId: string; id: string },
): Promise<LearningRow | undefined> {
  const [row] = await db
    .select()
    .from(learnings)
    .where(and(idIs(learnings.id, id), idIs(learnings.worker_id, workerId)))
    .limit(1);
  return row;
}

/** Lets a learning in that waits; false where it does not wait any more. */
export async function keepLearning(db: Db, id: string, by: { id: string; now: number }): Promise<boolean> {
  const kept = await db
    .update(learnings)
    .set({ state: "kept", decided_by: by.id, decided_at: by.now })
    .where(and(idIs(learnings.id, id), eq(learnings.state, "proposed")))
    .returning({ id: learnings.id });
  return kept.length > 0;
}

/** False where it is gone already. */
export async function deleteLearning(db: Db, id: string): Promise<boolean> {
  const gone = await db.delete(learnings).where(idIs(learnings.id, id)).returning({ id: learnings.id });
  return gone.length > 0;
}

/** Writes a rule; false where the worker has as many in force as it may have. */
export async function insertFeedback(
  db: Db,
  row: Omit<FeedbackRow, "resolved_by" | "resolved_at">,
  most: number,
): Promise<boolean> {
  const inForce = sql`(SELECT count(*) FROM worker_feedback WHERE worker_id = ${row.worker_id} AND resolved_at IS NULL)`;
  // In the order of the table's columns.
  const written = await db
    .insert(workerFeedback)
    .select(
      sql`SELECT ${row.id}, ${row.workspace_id}, ${row.worker_id}, ${row.text}, ${row.created_by}, ${row.created_at}, NULL, NULL WHERE ${inForce} < ${most}`,
    )
    .returning({ id: workerFeedback.id });
  return written.length > 0;
}

/** Rules of a worker, newest first. */
export async function listFeedbackRows(
  db: Db,
  workerId: string,
  { active, limit }: { active: boolean; limit: number },
): Promise<FeedbackRow[]> {
  return db
    .select()
    .from(workerFeedback)
    .where(
      and(idIs(workerFeedback.worker_id, workerId), active ? isNull(workerFeedback.resolved_at) : undefined),
    )
    .orderBy(desc(workerFeedback.id))
    .limit(limit);
}

export async function findFeedbackRow(
  db: Db,
  { workerId, id }: { workerId: string; id: string },
): Promise<FeedbackRow | undefined> {
  const [row] = await db
    .select()
    .from(workerFeedback)
    .where(and(idIs(workerFeedback.id, id), idIs(workerFeedback.worker_id, workerId)))
    .limit(1);
  return row;
}

/** Takes a rule out of force; the first who does it is who did it. */
export async function resolveFeedbackRow(
  db: Db,
  id: FeedbackId,
  by: { id: string; now: number },
): Promise<void> {
  await db
    .update(workerFeedback)
    .set({ resolved_by: by.id, resolved_at: by.now })
    .where(and(eq(workerFeedback.id, id), isNull(workerFeedback.resolved_at)));
}

/** Deletes all that a worker has remembered and was told. */
export async function deleteMemoryOfWorker(db: Db, workerId: string): Promise<void> {
  await db.batch([
    db.delete(learnings).where(idIs(learnings.worker_id, workerId)),
    db.delete(workerFeedback).where(idIs(workerFeedback.worker_id, workerId)),
  ]);
}

/** Deletes what the workers of a workspace have remembered and were told. */
export async function deleteAllMemory(db: Db, workspaceId: string): Promise<void> {
  await db.batch([
    db.delete(learnings).where(idIs(learnings.workspace_id, workspaceId)),
    db.delete(workerFeedback).where(idIs(workerFeedback.workspace_id, workspaceId)),
  ]);
}
