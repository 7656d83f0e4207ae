import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { AlertId, WorkerId, WorkspaceId } from "#contract/ids";

/** Who is told when a run ends, fails, asks, or a schedule does not start. */
export const alerts = sqliteTable(
  "alerts",
  {
    id: text().$type<AlertId>().primaryKey(),
    workspace_id: text().$type<WorkspaceId>().notNull(),
    worker_id: text().$type<WorkerId>().notNull(),
    url: text(),
    email_to: text({ mode: "json" }).$type<unknown>().notNull(),
    events: text({ mode: "json" }).$type<unknown>().notNull(),
    description: text().notNull(),
    secret_box: text(),
    created_at: integer().notNull(),
  },
  (t) => [index("alerts_by_worker").on(t.worker_id, t.id)],
);
