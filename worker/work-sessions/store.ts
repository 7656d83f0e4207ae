import { and, asc, desc, eq, isNull, sql } from "drizzle-orm";
import type { WorkerName, WorkSessionId } from "#contract/ids";
import type { Db } from "../platform/db/client.ts";
import { idIs, idIsOneOf, isBefore } from "../platform/db/id-is.ts";
import { workers } from "../platform/db/schema/deploys.ts";
import { runs, workSessionNotes, workSessionRuns, workSessions } from "../platform/db/schema/runs.ts";

export type SessionRow = typeof workSessions.$inferSelect;
export type NoteRow = typeof workSessionNotes.$inferSelect;
type Begun = Omit<SessionRow, "ended_at" | "end_message">;

/** A session among those of its workspace. */
export interface SessionPlace {
  workspaceId: string;
  id: string;
}

const isAt = ({ workspaceId, id }: SessionPlace) =>
  and(idIs(workSessions.id, id), idIs(workSessions.workspace_id, workspaceId));

/** Writes a session unless its key has one; null where the workspace has as many as it may have. */
export async function insertSession(db: Db, row: Begun, most: number): Promise<SessionRow | null> {
  // In the order of the table's columns.
  const insert = db
    .insert(workSessions)
    .select(
      sql`SELECT ${row.id}, ${row.workspace_id}, ${row.session_key}, ${row.name}, ${row.created_by}, ${row.lapse_seconds}, ${row.started_at}, ${row.last_seen_at}, NULL, NULL
      WHERE (SELECT count(*) FROM work_sessions WHERE workspace_id = ${row.workspace_id}) < ${most}`,
    )
    .onConflictDoNothing();
  const byKey =
    row.session_key === null
      ? idIs(workSessions.id, row.id)
      : and(idIs(workSessions.workspace_id, row.workspace_id), eq(workSessions.session_key, row.session_key));
  const [, [found]] = await db.batch([insert, db.select().from(workSessions).where(byKey).limit(1)]);
  return found ?? null;
}

export async function findSession(db: Db, place: SessionPlace): Promise<SessionRow | undefined> {
  const [row] = await db.select().from(workSessions).where(isAt(place)).limit(1);
  return row;
}

/** Sessions of a workspace, newest first; those before an id where one is named. */
export async function listSessionRows(
  db: Db,
  { workspaceId, before, limit }: { workspaceId: string; before: string | undefined; limit: number },
): Promise<SessionRow[]> {
  return db
    .select()
    .from(workSessions)
    .where(
      and(
        idIs(workSessions.workspace_id, workspaceId),
        before === undefined ? undefined : isBefore(workSessions.id, before),
      ),
    )
    .orderBy(desc(workSessions.id))
    .limit(limit);
}

const touch = (db: Db, place: SessionPlace, now: number) =>
  db
    .update(workSessions)
    .set({ last_seen_at: now })
    .where(and(isAt(place), isNull(workSessions.ended_at)))
    .returning({ id: workSessions.id });

/** Notes that a session is alive; false for one that has ended or is not there. */
export async function touchSession(db: Db, place: SessionPlace, now: number): Promise<boolean> {
  return (await touch(db, place, now)).length > 0;
}

/** Ends a session; the first who does so is who did it. */
export async function endSession(
  db: Db,
  place: SessionPlace,
  { now, message }: { now: number; message: string | null },
): Promise<void> {
  await db
    .update(workSessions)
    .set({ ended_at: now, last_seen_at: now, end_message: message })
    .where(and(isAt(place), isNull(workSessions.ended_at)));
}

const isOpen = (id: string) =>
  sql`EXISTS (SELECT 1 FROM work_sessions WHERE id = ${id} AND ended_at IS NULL)`;

/** Writes a note, and that the session is alive; false where it has ended, or has as many as it may have. */
export async function insertNote(db: Db, row: Omit<NoteRow, "number">, most: number): Promise<boolean> {
  const { session_id: id, workspace_id: workspaceId, created_at: now } = row;
  const ofSession = sql`FROM work_session_notes WHERE session_id = ${id}`;
  // In the order of the table's columns.
  const insert = db
    .insert(workSessionNotes)
    .select(
      sql`SELECT ${id}, (SELECT coalesce(max(number), 0) + 1 ${ofSession}), ${workspaceId}, ${row.note}, ${row.created_by}, ${now}
      WHERE ${isOpen(id)} AND (SELECT count(*) ${ofSession}) < ${most}`,
    )
    .returning({ number: workSessionNotes.number });
  const [written] = await db.batch([insert, touch(db, { workspaceId, id }, now)]);
  return written.length > 0;
}

/** Adds a run, and that the session is alive; false where it has ended, or has as many as it may have. */
export async function insertSessionRun(
  db: Db,
  row: typeof workSessionRuns.$inferSelect,
  most: number,
): Promise<boolean> {
  const { session_id: id, workspace_id: workspaceId, run_id: runId, added_at: now } = row;
  // In the order of the table's columns.
  const insert = db
    .insert(workSessionRuns)
    .select(
      sql`SELECT ${id}, ${runId}, ${workspaceId}, ${row.added_by}, ${now}
      WHERE ${isOpen(id)} AND (SELECT count(*) FROM work_session_runs WHERE session_id = ${id}) < ${most}`,
    )
    .onConflictDoNothing();
  const there = db
    .select({ id: workSessionRuns.run_id })
    .from(workSessionRuns)
    .where(and(idIs(workSessionRuns.session_id, id), eq(workSessionRuns.run_id, runId)));
  const [, , found] = await db.batch([insert, touch(db, { workspaceId, id }, now), there]);
  return found.length > 0;
}

/** The newest notes of a session, newest first. */
export async function listNoteRows(db: Db, id: string, limit: number): Promise<NoteRow[]> {
  return db
    .select()
    .from(workSessionNotes)
    .where(idIs(workSessionNotes.session_id, id))
    .orderBy(desc(workSessionNotes.number))
    .limit(limit);
}

/** The newest runs of a session as lists show them, newest first. */
export async function listSessionRuns(db: Db, { workspaceId, id }: SessionPlace, limit: number) {
  return db
    .select({
      run_id: workSessionRuns.run_id,
      added_by: workSessionRuns.added_by,
      added_at: workSessionRuns.added_at,
      worker_id: runs.worker_id,
      worker: runs.worker_name,
      status: runs.status,
    })
    .from(workSessionRuns)
    .innerJoin(runs, and(idIs(runs.workspace_id, workspaceId), eq(runs.id, workSessionRuns.run_id)))
    .where(idIs(workSessionRuns.session_id, id))
    .orderBy(desc(workSessionRuns.run_id))
    .limit(limit);
}

/** Workers of a workspace that were pushed or changed since then, by name. */
export async function listChangedWorkers(
  db: Db,
  { workspaceId, since, limit }: { workspaceId: string; since: number; limit: number },
): Promise<{ id: string; worker: WorkerName; version: number; changed_at: number }[]> {
  return db
    .select({
      id: workers.id,
      worker: workers.name,
      version: workers.active_version,
      changed_at: workers.updated_at,
    })
    .from(workers)
    .where(and(idIs(workers.workspace_id, workspaceId), sql`${workers.updated_at} >= ${since}`))
    .orderBy(asc(workers.name))
    .limit(limit);
}

/** Deletes a session with all that was written down in it; false where it is gone already. */
export async function deleteSession(db: Db, id: WorkSessionId): Promise<boolean> {
  const [, , gone] = await db.batch([
    db.delete(workSessionNotes).where(eq(workSessionNotes.session_id, id)),
    db.delete(workSessionRuns).where(eq(workSessionRuns.session_id, id)),
    db.delete(workSessions).where(eq(workSessions.id, id)).returning({ id: workSessions.id }),
  ]);
  return gone.length > 0;
}

/** Takes runs that are deleted out of their sessions. */
export async function forgetSessionRuns(db: Db, runIds: readonly string[]): Promise<void> {
  await db.delete(workSessionRuns).where(idIsOneOf(workSessionRuns.run_id, runIds));
}

/** Deletes all sessions of a workspace. */
export async function deleteAllSessions(db: Db, workspaceId: string): Promise<void> {
  await db.batch([
    db.delete(workSessionNotes).where(idIs(workSessionNotes.workspace_id, workspaceId)),
    db.delete(workSessionRuns).where(idIs(workSessionRuns.workspace_id, workspaceId)),
    db.delete(workSessions).where(idIs(workSessions.workspace_id, workspaceId)),
  ]);
}
