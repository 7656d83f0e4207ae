import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * How many runs were started in a workspace on the day that it was last counted for; a row only for one that has a quota
 * of starts a day. `day` counts from 1970 in UTC.
 */
export const startCounts = sqliteTable("start_counts", {
  workspace_id: text().primaryKey(),
  day: integer().notNull(),
  starts: integer().notNull(),
});
