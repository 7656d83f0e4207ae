import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const uploads = sqliteTable(
  "uploads",
  {
    workspace_id: text().notNull(),
    sha256: text().notNull(),
    size: integer().notNull(),
    media_type: text().notNull(),
    filename: text().notNull(),
    created_at: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.sha256] })],
);
