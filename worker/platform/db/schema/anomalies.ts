import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * How a worker is watched: what is done about each kind of anomaly where it says so itself, as JSON, and what it is held to since one
 * until a person resumes it. A worker of which neither is known has no row.
 */
export const workerWatches = sqliteTable(
  "worker_watches",
  {
    workspace_id: text().notNull(),
    worker_id: text().notNull(),
    actions: text({ mode: "json" }).$type<unknown>().notNull(),
    restraint: text({ enum: ["throttle", "pause"] }),
    kind: text(),
    reason: text(),
    since: integer(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.worker_id] })],
);
