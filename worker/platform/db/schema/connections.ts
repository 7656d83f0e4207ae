import { integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { ConnectionId, WorkspaceId } from "#contract/ids";

/**
 * Connections as people list them. What signs in somewhere is not here: that lies sealed in the connection's object.
 * `user_id`: whose it is; null: the workspace's. `settings`: where it leads and what of it may be called, as JSON.
 */
export const connections = sqliteTable(
  "connections",
  {
    id: text().$type<ConnectionId>().primaryKey(),
    workspace_id: text().$type<WorkspaceId>().notNull(),
    user_id: text(),
    name: text().notNull(),
    kind: text().notNull(),
    display_name: text().notNull(),
    settings: text({ mode: "json" }).$type<unknown>().notNull(),
    status: text().notNull(),
    status_reason: text(),
    account_label: text(),
    changed_tools: integer().notNull(),
    created_by: text().notNull(),
    created_at: integer().notNull(),
    updated_at: integer().notNull(),
    last_used_at: integer(),
    last_used_by: text(),
    last_checked_at: integer(),
    last_check_status: text(),
  },
  (t) => [
    uniqueIndex("connections_name").on(t.workspace_id, t.name),
  ],
);
