import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { AuditEventId, WorkspaceId } from "#contract/ids";

/**
 * Who changed what: appended to, never changed. Triggers of the database refuse to change a row, and to delete one that
 * is younger than a year while its workspace is there; see the migration that makes them.
 */
export const auditEvents = sqliteTable(
  "audit_events",
  {
    workspace_id: text().$type<WorkspaceId>().notNull(),
    id: text().$type<AuditEventId>().notNull(),
    /** Epoch milliseconds. */
    at: integer().notNull(),
    action: text().notNull(),
    outcome: text({ enum: ["done", "refused", "failed"] }).notNull(),
    code: text(),
    actor_kind: text().notNull(),
    actor_id: text().notNull(),
    user_id: text(),
    resource_kind: text(),
    resource_id: text(),
    request_id: text().notNull(),
    address: text().notNull(),
    details: text({ mode: "json" }).$type<unknown>().notNull(),
    /** Whose call through the gate it tells of; null for a request. */
    worker: text(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    index("audit_by_action").on(t.workspace_id, t.action, t.id),
    index("audit_by_actor").on(t.workspace_id, t.actor_id, t.id),
    index("audit_by_resource").on(t.workspace_id, t.resource_kind, t.resource_id, t.id),
    // Partial: what was done, which is most, costs no row here.
    index("audit_by_outcome")
      .on(t.workspace_id, t.outcome, t.id)
      .where(sql`outcome IN ('refused', 'failed')`),
    // Partial, both: a row stands in one of them.
    index("audit_by_worker")
      .on(t.workspace_id, t.worker, t.id)
      .where(sql`worker IS NOT NULL`),
    index("audit_requests")
      .on(t.workspace_id, t.id)
      .where(sql`worker IS NULL`),
  ],
);
