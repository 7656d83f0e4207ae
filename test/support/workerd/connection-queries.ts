import * as connections from "../../../worker/connections/store.ts";
import type { Db } from "../../../worker/platform/db/client.ts";
import { newId } from "../../../worker/platform/ids.ts";

export const connectionStores: readonly object[] = [connections];

const settings = {
  mcp: null,
  http: null,
  composio: null,
  scope: "full" as const,
  allowed_tools: null,
  enabled: true,
};

/** Each function of the store of connections, called once; `now` in epoch milliseconds. */
export function connectionQueries(
  workspaceId: string,
  now: number,
): Record<string, (db: Db) => Promise<unknown>> {
  const id = newId("con", now);
  return {
    listConnectionRows: (db) => connections.listConnectionRows(db, workspaceId, "usr_1"),
    findConnectionRow: (db) => connections.findConnectionRow(db, { workspaceId, userId: null, ref: "a" }),
    findConnectionById: (db) => connections.findConnectionById(db, { workspace_id: workspaceId, id }),
    countConnections: (db) => connections.countConnections(db, workspaceId),
    addConnectionRow: (db) => connections.addConnectionRow(db, { id, name: "a", settings } as never),
    patchConnectionRow: (db) =>
      connections.patchConnectionRow(db, id, {
        display_name: "a",
        settings,
        status: "active",
        updated_at: now,
      }),
    noteConnection: (db) => connections.noteConnection(db, id, { status: "failed", last_used_at: now }),
    deleteConnectionRow: (db) => connections.deleteConnectionRow(db, id),
    listConnectionIds: (db) => connections.listConnectionIds(db, { workspaceId, limit: 20 }),
  };
}
