import { and, asc, count, eq, isNull, or, sql } from "drizzle-orm";
import type { ConnectionId } from "#contract/ids";
import type { Db } from "../platform/db/client.ts";
import { idIs } from "../platform/db/id-is.ts";
import { connections } from "../platform/db/schema/connections.ts";
import { connectionSettingsDocument } from "./connection-settings.ts";
import type { ConnectionSettings } from "./connection-settings.ts";
import type { ConnectionNews } from "./connection-api.ts";

export type ConnectionRow = Omit<typeof connections.$inferSelect, "settings"> & {
  settings: ConnectionSettings;
};

const toRow = (row: typeof connections.$inferSelect): ConnectionRow => ({
  ...row,
  settings: connectionSettingsDocument.read(row.settings),
});

/** The workspace's, and those of one person. */
const seenBy = (workspaceId: string, userId: string | null) =>
  and(
    idIs(connections.workspace_id, workspaceId),
    userId === null
      ? isNull(connections.user_id)
      : or(isNull(connections.user_id), eq(connections.user_id, userId)),
  );

/** Connections that somebody sees, by name. */
export async function listConnectionRows(
  db: Db,
  workspaceId: string,
  userId: string | null,
): Promise<ConnectionRow[]> {
  const rows = await db
    .select()
    .from(connections)
    .where(seenBy(workspaceId, userId))
    .orderBy(asc(connections.name));
  return rows.map(toRow);
}

/** A connection that somebody sees, by its id or its name. */
export async function findConnectionRow(
  db: Db,
  of: { workspaceId: string; userId: string | null; ref: string },
): Promise<ConnectionRow | undefined> {
  const [row] = await db
    .select()
    .from(connections)
    .where(
      and(
        seenBy(of.workspaceId, of.userId),
        or(eq(connections.name, of.ref), sql`${connections.id} = ${of.ref}`),
      ),
    )
    .limit(1);
  return row && toRow(row);
}

/** A connection whoever's it is, by its id. */
export async function findConnectionById(
  db: Db,
  of: { id: string; workspace_id: string },
): Promise<ConnectionRow | undefined> {
  const [row] = await db
    .select()
    .from(connections)
    .where(and(idIs(connections.workspace_id, of.workspace_id), sql`${connections.id} = ${of.id}`))
    .limit(1);
  return row && toRow(row);
}

export async function countConnections(db: Db, workspaceId: string): Promise<number> {
  const [row] = await db
    .select({ n: count() })
    .from(connections)
    .where(idIs(connections.workspace_id, workspaceId));
  return row?.n ?? 0;
}

/** Writes a new connection; false where its name is taken. */
export async function addConnectionRow(db: Db, row: ConnectionRow): Promise<boolean> {
  const settings = connectionSettingsDocument.write(row.settings);
  const added = await db
    .insert(connections)
    .values({ ...row, settings })
    .onConflictDoNothing()
    .returning({ id: connections.id });
  return added.length > 0;
}

/** Changes what a person may change. */
export async function patchConnectionRow(
  db: Db,
  id: ConnectionId,
  change: { display_name: string; settings: ConnectionSettings; status: string; updated_at: number },
): Promise<void> {
  const settings = connectionSettingsDocument.write(change.settings);
  await db
    .update(connections)
    .set({ ...change, settings })
    .where(eq(connections.id, id));
}

/** Writes how a connection stands; what is switched off stays so. */
export async function noteConnection(db: Db, id: string, { status, ...news }: ConnectionNews): Promise<void> {
  const kept = sql`CASE WHEN ${connections.status} = 'disabled' THEN 'disabled' ELSE ${status ?? ""} END`;
  await db
    .update(connections)
    .set({ ...news, ...(status === undefined ? {} : { status: kept }) })
    .where(sql`${connections.id} = ${id}`);
}

/** False when there was none. */
export async function deleteConnectionRow(db: Db, id: ConnectionId): Promise<boolean> {
  const gone = await db.delete(connections).where(eq(connections.id, id)).returning({ id: connections.id });
  return gone.length > 0;
}

/** A page of a workspace's connections, whoever's they are. */
export async function listConnectionIds(
  db: Db,
  of: { workspaceId: string; limit: number },
): Promise<ConnectionId[]> {
  const rows = await db
    .select({ id: connections.id })
    .from(connections)
    .where(idIs(connections.workspace_id, of.workspaceId))
    .limit(of.limit);
  return rows.map(({ id }) => id);
}
