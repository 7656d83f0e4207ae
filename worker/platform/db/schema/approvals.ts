import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { ApprovalId, RunId } from "#contract/ids";

/** The inbox: one row per question a run asked, written by that run's RunObject alone. */
export const approvals = sqliteTable(
  "approvals",
  {
    workspace_id: text().notNull(),
    id: text().$type<ApprovalId>().notNull(),
    run_id: text().$type<RunId>().notNull(),
    worker_name: text().notNull(),
    status: text({ enum: ["pending", "approved", "rejected", "expired"] }).notNull(),
    label: text().notNull(),
    request: text({ mode: "json" }).$type<unknown>().notNull(),
    decision: text({ mode: "json" }).$type<unknown>(),
    follow_up_run_id: text().$type<RunId>(),
    created_at: integer().notNull(),
    decided_at: integer(),
    expires_at: integer().notNull(),
    /** Computed from the request, to search by: whether people are asked, or something outside is awaited, and by which key. */
    kind: text().generatedAlwaysAs(sql`json_extract(request, '$.kind')`, { mode: "virtual" }),
    key: text().generatedAlwaysAs(sql`json_extract(request, '$.key')`, { mode: "virtual" }),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    index("approvals_by_run").on(t.workspace_id, t.run_id),
    index("approvals_by_kind").on(t.workspace_id, t.kind, t.id),
    index("approvals_by_status").on(t.workspace_id, t.kind, t.status, t.id),
    index("approvals_by_worker")
      .on(t.workspace_id, t.worker_name, t.id)
      .where(sql`kind = 'approval'`),
    // Partial: whoever waits for something from outside is found by its key, however many wait beside it.
    index("approvals_awaiting")
      .on(t.workspace_id, t.worker_name, t.key, t.id)
      .where(sql`status = 'pending' AND kind = 'await_external'`),
  ],
);
