import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * What is counted exactly: signing in and what is like it. `until` stands for all that was asked before, epoch
 * milliseconds; a row whose time is past says nothing and goes.
 */
export const rateCounters = sqliteTable(
  "rate_counters",
  { key: text().primaryKey(), until: integer().notNull() },
  (t) => [index("rate_counters_by_time").on(t.until)],
);
