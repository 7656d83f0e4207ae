import { runIdSchema, workspaceIdSchema } from "#contract/ids";
import * as councils from "../../../worker/councils/store.ts";
import type { Db } from "../../../worker/platform/db/client.ts";
import { newId } from "../../../worker/platform/ids.ts";
import * as sessions from "../../../worker/work-sessions/store.ts";

export const sessionStores: readonly object[] = [councils, sessions];

/** Each function of the stores of work sessions and councils, called once; `now` in epoch milliseconds. */
export function sessionQueries(
  of: { workspaceId: string; runId: string },
  now: number,
): Record<string, (db: Db) => Promise<unknown>> {
  const { workspaceId, runId } = of;
  const workspace_id = workspaceIdSchema.parse(workspaceId);
  const run_id = runIdSchema.parse(runId);
  const id = newId("ses", now);
  const place = { workspaceId, id };
  const by = { created_by: "tok_1", created_at: now };
  const row = {
    id,
    workspace_id,
    session_key: "k",
    name: "a",
    created_by: "tok_1",
    lapse_seconds: 60,
    started_at: now,
    last_seen_at: now,
  };
  const message = {
    run_id,
    workspace_id,
    message_key: "k",
    kind: "message" as const,
    speaker: "a",
    message: "b",
  };
  return {
    insertSession: (db) => sessions.insertSession(db, row, 9),
    "insertSession without a key": (db) => sessions.insertSession(db, { ...row, session_key: null }, 9),
    findSession: (db) => sessions.findSession(db, place),
    listSessionRows: (db) => sessions.listSessionRows(db, { workspaceId, before: id, limit: 9 }),
    touchSession: (db) => sessions.touchSession(db, place, now),
    insertNote: (db) => sessions.insertNote(db, { session_id: id, workspace_id, note: "a", ...by }, 9),
    insertSessionRun: (db) =>
      sessions.insertSessionRun(
        db,
        { session_id: id, run_id, workspace_id, added_by: "tok_1", added_at: now },
        9,
      ),
    listNoteRows: (db) => sessions.listNoteRows(db, id, 9),
    listSessionRuns: (db) => sessions.listSessionRuns(db, place, 9),
    listChangedWorkers: (db) => sessions.listChangedWorkers(db, { workspaceId, since: now, limit: 9 }),
    endSession: (db) => sessions.endSession(db, place, { now, message: null }),
    forgetSessionRuns: (db) => sessions.forgetSessionRuns(db, [runId]),
    deleteSession: (db) => sessions.deleteSession(db, id),
    deleteAllSessions: (db) => sessions.deleteAllSessions(db, workspaceId),
    insertMessage: (db) => councils.insertMessage(db, { ...message, ...by }, 9),
    listMessageRows: (db) => councils.listMessageRows(db, runId),
    deleteMessagesOfRuns: (db) => councils.deleteMessagesOfRuns(db, [runId]),
    deleteAllMessages: (db) => councils.deleteAllMessages(db, workspaceId),
  };
}
