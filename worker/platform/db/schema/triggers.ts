import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { MissedStartId, TriggerId, WorkerId, WorkspaceId, WorkerName } from "#contract/ids";

/**
 * What starts a worker besides a person. `name` is the trigger's place in the manifest (`schedule-1`) or the name the
 * API was given; `spec` is its cron, zone, signature scheme and so on; `secret_box` holds its secrets, sealed, each with
 * whom it was shown. `made_by` and `changed_by` are those who made it and who last changed what it starts, by their
 * tokens; null for one that is older than these columns.
 */
export const triggers = sqliteTable(
  "triggers",
  {
    id: text().$type<TriggerId>().primaryKey(),
    workspace_id: text().$type<WorkspaceId>().notNull(),
    worker_id: text().$type<WorkerId>().notNull(),
    worker_name: text().$type<WorkerName>().notNull(),
    name: text().notNull(),
    type: text({ enum: ["schedule", "webhook"] }).notNull(),
    origin: text({ enum: ["manifest", "api"] }).notNull(),
    spec: text({ mode: "json" }).$type<unknown>().notNull(),
    paused: integer({ mode: "boolean" }).notNull(),
    pinned_version: integer(),
    secret_box: text(),
    made_by: text(),
    changed_by: text(),
    created_at: integer().notNull(),
    updated_at: integer().notNull(),
  },
  (t) => [
    uniqueIndex("triggers_by_worker").on(t.worker_id, t.name),
    index("triggers_by_workspace").on(t.workspace_id, t.worker_name, t.name),
  ],
);

/**
 * Times of schedules that did not start when they were expected to. An id is made when the row is written, not when the
 * miss was noted: whoever reads on from an id misses no row that the database took late. The unique index leads to all of a
 * worker's, too.
 */
export const missedStarts = sqliteTable(
  "missed_starts",
  {
    workspace_id: text().$type<WorkspaceId>().notNull(),
    id: text().$type<MissedStartId>().notNull(),
    worker_id: text().$type<WorkerId>().notNull(),
    worker_name: text().$type<WorkerName>().notNull(),
    trigger_id: text().$type<TriggerId>().notNull(),
    name: text().notNull(),
    due_at: integer().notNull(),
    noted_at: integer().notNull(),
    code: text().notNull(),
    reason: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    uniqueIndex("missed_starts_once").on(t.worker_id, t.trigger_id, t.due_at),
    index("missed_starts_by_worker").on(t.workspace_id, t.worker_name, t.id),
  ],
);
