import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { SubscribedEvent } from "#contract/event-subscriptions/subscription";
import type { AlertId, EventSubscriptionId, WorkerId, WorkspaceId } from "#contract/ids";

/** Who is told when a run ends, fails, asks, or a schedule does not start. */
export const alerts = sqliteTable(
  "alerts",
  {
    id: text().$type<AlertId>().primaryKey(),
    workspace_id: text().$type<WorkspaceId>().notNull(),
    worker_id: text().$type<WorkerId>().notNull(),
    url: text(),
    email_to: text({ mode: "json" }).$type<unknown>().notNull(),
    events: text({ mode: "json" }).$type<unknown>().notNull(),
    description: text().notNull(),
    secret_box: text(),
    created_at: integer().notNull(),
  },
  (t) => [index("alerts_by_worker").on(t.worker_id, t.id)],
);

/** Which addresses are told of a worker's events, in the name of which token, and until when. */
export const eventSubscriptions = sqliteTable(
  "event_subscriptions",
  {
    id: text().$type<EventSubscriptionId>().primaryKey(),
    workspace_id: text().$type<WorkspaceId>().notNull(),
    worker_id: text().$type<WorkerId>().notNull(),
    principal_id: text().notNull(),
    event: text().$type<SubscribedEvent>().notNull(),
    url: text().notNull(),
    secret_box: text().notNull(),
    created_at: integer().notNull(),
    expires_at: integer().notNull(),
  },
  (t) => [
    index("event_subscriptions_by_worker").on(t.worker_id, t.id),
    index("event_subscriptions_by_workspace").on(t.workspace_id, t.expires_at),
  ],
);

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
