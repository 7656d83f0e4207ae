import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * What runs have cost, of each worker and person by the day, written with the row of a run that has cost something: one
 * row more for each such run. The migration makes it WITHOUT ROWID: the primary key is the order in which a month of a
 * workspace is read. `day` counts from 1970 in UTC; amounts are billionths of a dollar; `user_id` is empty for what nobody's account asked.
 */
export const spend = sqliteTable(
  "spend",
  {
    workspace_id: text().notNull(),
    day: integer().notNull(),
    worker_id: text().notNull(),
    user_id: text().notNull(),
    runs: integer().notNull(),
    sandbox_nano_usd: integer().notNull(),
    model_nano_usd: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.day, t.worker_id, t.user_id] })],
);
