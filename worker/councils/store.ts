import { asc, sql } from "drizzle-orm";
import type { Db } from "../platform/db/client.ts";
import { idIs, idIsOneOf } from "../platform/db/id-is.ts";
import { councilMessages } from "../platform/db/schema/runs.ts";

export type MessageRow = typeof councilMessages.$inferSelect;

/** Writes a message unless its key has written one; false where the run has as many as it may have. */
export async function insertMessage(db: Db, row: Omit<MessageRow, "number">, most: number): Promise<boolean> {
  const ofRun = sql`FROM council_messages WHERE run_id = ${row.run_id}`;
  // In the order of the table's columns.
  const insert = db
    .insert(councilMessages)
    .select(
      sql`SELECT ${row.run_id}, (SELECT coalesce(max(number), 0) + 1 ${ofRun}), ${row.workspace_id}, ${row.message_key}, ${row.kind}, ${row.speaker}, ${row.message}, ${row.created_by}, ${row.created_at}
      WHERE ${row.kind} = 'stop' OR (SELECT count(*) ${ofRun}) < ${most}`,
    )
    .onConflictDoNothing();
  const [, all] = await db.batch([insert, selectMessages(db, row.run_id)]);
  return all.some(({ message_key: key }) => key === row.message_key);
}

const selectMessages = (db: Db, runId: string) =>
  db
    .select()
    .from(councilMessages)
    .where(idIs(councilMessages.run_id, runId))
    .orderBy(asc(councilMessages.number));

/** What was said to the council of a run, in its order. */
export async function listMessageRows(db: Db, runId: string): Promise<MessageRow[]> {
  return selectMessages(db, runId);
}

/** Deletes what was said to the councils of these runs. */
export async function deleteMessagesOfRuns(db: Db, runIds: readonly string[]): Promise<void> {
  await db.delete(councilMessages).where(idIsOneOf(councilMessages.run_id, runIds));
}

/** Deletes what was said to the councils of a workspace. */
export async function deleteAllMessages(db: Db, workspaceId: string): Promise<void> {
  await db.delete(councilMessages).where(idIs(councilMessages.workspace_id, workspaceId));
}
