import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { WorkspaceId } from "#contract/ids";

/** What sandboxes of a workspace can be made of, by name. `spec` is the parsed template.yml as JSON. */
export const templates = sqliteTable(
  "templates",
  {
    workspace_id: text().$type<WorkspaceId>().notNull(),
    name: text().notNull(),
    spec: text({ mode: "json" }).$type<unknown>().notNull(),
    updated_at: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.name] })],
);
