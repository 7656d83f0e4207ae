import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const uploads = sqliteTable(
  "uploads",
  {
    workspace_id: text().notNull(),
    sha256: text().notNull(),
    size: integer().notNull(),
    media_type: text().notNull(),
    filename: text().notNull(),
    /** Under which other names and types the same content came, newest last: a list of `{filename, media_type}`. */
    aliases: text({ mode: "json" }).$type<unknown>(),
    created_at: integer().notNull(),
    /** When a run last named it, give or take a day. */
    used_at: integer().notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.sha256] }),
    index("uploads_by_use").on(t.workspace_id, t.used_at),
  ],
);
