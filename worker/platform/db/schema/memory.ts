import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { FeedbackId, LearningId, RunId, WorkerId, WorkspaceId } from "#contract/ids";

/**
 * What agents have learned. `state`: `proposed` until a person has looked at it, `kept`; what is dropped has no row.
 * `call_key` is the call that wrote it, among all calls there are: a call writes once.
 */
export const learnings = sqliteTable(
  "learnings",
  {
    id: text().$type<LearningId>().primaryKey(),
    workspace_id: text().$type<WorkspaceId>().notNull(),
    worker_id: text().$type<WorkerId>().notNull(),
    run_id: text().$type<RunId>().notNull(),
    call_key: text().notNull(),
    learning: text().notNull(),
    source: text(),
    state: text().notNull(),
    why_waiting: text(),
    created_at: integer().notNull(),
    decided_by: text(),
    decided_at: integer(),
  },
  (t) => [
    uniqueIndex("learnings_by_call").on(t.call_key),
    index("learnings_by_worker").on(t.worker_id, t.id),
    index("learnings_by_workspace").on(t.workspace_id),
  ],
);

/** Rules that people have given an agent. They are in force while `resolved_at` is null. */
export const workerFeedback = sqliteTable(
  "worker_feedback",
  {
    id: text().$type<FeedbackId>().primaryKey(),
    workspace_id: text().$type<WorkspaceId>().notNull(),
    worker_id: text().$type<WorkerId>().notNull(),
    text: text().notNull(),
    created_by: text().notNull(),
    created_at: integer().notNull(),
    resolved_by: text(),
    resolved_at: integer(),
  },
  (t) => [
    index("worker_feedback_by_worker").on(t.worker_id, t.id),
    index("worker_feedback_by_workspace").on(t.workspace_id),
  ],
);
