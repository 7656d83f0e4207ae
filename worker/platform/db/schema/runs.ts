import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { RunId, WorkerName, WorkSessionId, WorkspaceId } from "#contract/ids";

/**
 * A projection for lists, written by each run's RunObject alone, but that its queue adds the row of a run that waits and whose object has not
 * been told of it yet, and ends that of one whose object cannot take it up. The migration makes it WITHOUT ROWID: the primary key
 * is the list order, and a run costs two rows here when it starts and one when it ends. `redriven_by` (the run that was
 * started in its stead) and `dismissed_at` take a failed run off the list of dead letters; that list alone writes them.
 */
export const runs = sqliteTable(
  "runs",
  {
    workspace_id: text().notNull(),
    id: text().$type<RunId>().notNull(),
    worker_id: text().notNull(),
    worker_name: text().$type<WorkerName>().notNull(),
    worker_title: text().notNull(),
    version: integer().notNull(),
    /** Which of the worker's functions it calls; null for a script. */
    action: text(),
    status: text().notNull(),
    trigger_source: text().notNull(),
    created_at: integer().notNull(),
    started_at: integer(),
    completed_at: integer(),
    duration_ms: integer(),
    error: text(),
    error_code: text(),
    /** Whose turn it is after the failure, as its code said when the row was written; null where nothing failed. */
    error_kind: text(),
    attempt: integer().notNull(),
    /** What it has cost, in billionths of a dollar, as far as that is counted in `spend`. */
    cost_nano_usd: integer().notNull().default(0),
    redriven_by: text().$type<RunId>(),
    dismissed_at: integer(),
    /** Number of the run's event that the row tells of; what an earlier one says comes too late to be written. */
    event_seq: integer().notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    index("runs_by_worker").on(t.workspace_id, t.worker_name, t.id),
    // Partial: a run that starts at once and ends well costs no row here. Those that run or have completed are found
    // among the newest; see listRunRows.
    index("runs_by_status")
      .on(t.workspace_id, t.status, t.id)
      .where(sql`status IN ('queued', 'pending_approval', 'failed', 'cancelled')`),
    // Partial: only a run that fails costs a row here, and one in each of the next two. There are five kinds, so that a
    // list of all is put together of five.
    index("runs_dead")
      .on(t.workspace_id, t.error_kind, t.id)
      .where(sql`status = 'failed' AND redriven_by IS NULL AND dismissed_at IS NULL`),
    index("runs_dead_by_worker")
      .on(t.workspace_id, t.worker_name, t.error_kind, t.id)
      .where(sql`status = 'failed' AND redriven_by IS NULL AND dismissed_at IS NULL`),
    // The same by what they failed with: one that is rare is found however many others there are.
    index("runs_dead_by_code")
      .on(t.workspace_id, t.error_code, t.id)
      .where(sql`status = 'failed' AND redriven_by IS NULL AND dismissed_at IS NULL`),
  ],
);

/** What was said to councils from outside. `message_key` names it: the same key is the same message. `kind`: message or stop. */
export const councilMessages = sqliteTable(
  "council_messages",
  {
    run_id: text().$type<RunId>().notNull(),
    number: integer().notNull(),
    workspace_id: text().$type<WorkspaceId>().notNull(),
    message_key: text().notNull(),
    kind: text().$type<"message" | "stop">().notNull(),
    speaker: text().notNull(),
    message: text().notNull(),
    created_by: text().notNull(),
    created_at: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.run_id, t.number] }),
    uniqueIndex("council_messages_by_key").on(t.run_id, t.message_key),
    index("council_messages_by_workspace").on(t.workspace_id),
  ],
);

/**
 * Stretches of work that somebody has begun; those of browsers are `sessions`. Whether one is alive is read off `last_seen_at`
 * and `lapse_seconds`, and nothing looks after it. `session_key` names it among those of its workspace.
 */
export const workSessions = sqliteTable(
  "work_sessions",
  {
    id: text().$type<WorkSessionId>().primaryKey(),
    workspace_id: text().$type<WorkspaceId>().notNull(),
    session_key: text(),
    name: text().notNull(),
    created_by: text().notNull(),
    lapse_seconds: integer().notNull(),
    started_at: integer().notNull(),
    last_seen_at: integer().notNull(),
    ended_at: integer(),
    end_message: text(),
  },
  (t) => [
    uniqueIndex("work_sessions_by_key").on(t.workspace_id, t.session_key),
    index("work_sessions_by_workspace").on(t.workspace_id, t.id),
  ],
);

/** What people and programs have written down in a session, in its order. */
export const workSessionNotes = sqliteTable(
  "work_session_notes",
  {
    session_id: text().$type<WorkSessionId>().notNull(),
    number: integer().notNull(),
    workspace_id: text().$type<WorkspaceId>().notNull(),
    note: text().notNull(),
    created_by: text().notNull(),
    created_at: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.session_id, t.number] }),
    index("work_session_notes_by_workspace").on(t.workspace_id),
  ],
);

/** Runs that belong to a session. */
export const workSessionRuns = sqliteTable(
  "work_session_runs",
  {
    session_id: text().$type<WorkSessionId>().notNull(),
    run_id: text().$type<RunId>().notNull(),
    workspace_id: text().$type<WorkspaceId>().notNull(),
    added_by: text().notNull(),
    added_at: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.session_id, t.run_id] }),
    index("work_session_runs_by_run").on(t.run_id),
    index("work_session_runs_by_workspace").on(t.workspace_id),
  ],
);
