import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** D1 holds what lists and look-ups need. Times are epoch milliseconds; every row belongs to one workspace. */
export const workspaces = sqliteTable("workspaces", {
  id: text().primaryKey(),
  name: text().notNull(),
  created_at: integer().notNull(),
});

/** `hash` is the hex SHA-256 of the token; the token itself is stored nowhere. `scopes` is a JSON array. */
export const tokens = sqliteTable(
  "tokens",
  {
    id: text().primaryKey(),
    workspace_id: text().notNull(),
    kind: text({ enum: ["owner", "token"] }).notNull(),
    name: text().notNull(),
    hash: text().notNull(),
    scopes: text({ mode: "json" }).$type<string[]>().notNull(),
    created_at: integer().notNull(),
    expires_at: integer(),
  },
  (t) => [uniqueIndex("tokens_by_hash").on(t.hash)],
);

export const workers = sqliteTable(
  "workers",
  {
    id: text().primaryKey(),
    workspace_id: text().notNull(),
    name: text().notNull(),
    active_version: integer().notNull(),
    latest_version: integer().notNull(),
    archived_at: integer(),
    archive_reason: text(),
    paused_at: integer(),
    created_at: integer().notNull(),
    updated_at: integer().notNull(),
  },
  (t) => [uniqueIndex("workers_by_name").on(t.workspace_id, t.name)],
);

/** Immutable: a row is inserted once and never updated. `manifest` is the parsed worker.yml as JSON. */
export const versions = sqliteTable(
  "versions",
  {
    id: text().primaryKey(),
    workspace_id: text().notNull(),
    worker_id: text().notNull(),
    number: integer().notNull(),
    digest: text().notNull(),
    manifest: text({ mode: "json" }).$type<unknown>().notNull(),
    file_count: integer().notNull(),
    size_bytes: integer().notNull(),
    created_at: integer().notNull(),
  },
  (t) => [uniqueIndex("versions_by_number").on(t.worker_id, t.number)],
);

/** Every time a version was made active by hand: from which to which, by whose token, with which guards set aside. */
export const activations = sqliteTable(
  "activations",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    workspace_id: text().notNull(),
    worker_id: text().notNull(),
    from_version: integer().notNull(),
    to_version: integer().notNull(),
    by_token: text().notNull(),
    at: integer().notNull(),
    forced: text({ mode: "json" }).$type<("drops_approvals" | "re_enables")[]>().notNull(),
  },
  (t) => [index("activations_by_worker").on(t.worker_id, t.id)],
);

/**
 * A projection for lists, written by each run's RunObject alone. The migration makes it WITHOUT ROWID: the primary key
 * is the list order, and a run costs two rows here when it starts and one when it ends. `redriven_by` (the run that was
 * started in its stead) and `dismissed_at` take a failed run off the list of dead letters; that list alone writes them.
 */
export const runs = sqliteTable(
  "runs",
  {
    workspace_id: text().notNull(),
    id: text().notNull(),
    worker_id: text().notNull(),
    worker_name: text().notNull(),
    worker_title: text().notNull(),
    version: integer().notNull(),
    status: text().notNull(),
    trigger_source: text().notNull(),
    created_at: integer().notNull(),
    started_at: integer(),
    completed_at: integer(),
    duration_ms: integer(),
    error: text(),
    error_code: text(),
    attempt: integer().notNull(),
    redriven_by: text(),
    dismissed_at: integer(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    index("runs_by_worker").on(t.workspace_id, t.worker_name, t.id),
    // Partial: only a run that fails costs a row here.
    index("runs_dead")
      .on(t.workspace_id, t.id)
      .where(sql`status = 'failed' AND redriven_by IS NULL AND dismissed_at IS NULL`),
  ],
);

export const uploads = sqliteTable(
  "uploads",
  {
    workspace_id: text().notNull(),
    sha256: text().notNull(),
    size: integer().notNull(),
    media_type: text().notNull(),
    filename: text().notNull(),
    created_at: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.sha256] })],
);

/**
 * What starts a worker besides a person. `name` is the trigger's place in the manifest (`schedule-1`) or the name the
 * API was given; `spec` is its cron, zone, signature scheme and so on; `secret_box` holds its secrets, sealed.
 */
export const triggers = sqliteTable(
  "triggers",
  {
    id: text().primaryKey(),
    workspace_id: text().notNull(),
    worker_id: text().notNull(),
    worker_name: text().notNull(),
    name: text().notNull(),
    type: text({ enum: ["schedule", "webhook"] }).notNull(),
    origin: text({ enum: ["manifest", "api"] }).notNull(),
    spec: text({ mode: "json" }).$type<unknown>().notNull(),
    paused: integer({ mode: "boolean" }).notNull(),
    pinned_version: integer(),
    secret_box: text(),
    created_at: integer().notNull(),
    updated_at: integer().notNull(),
  },
  (t) => [uniqueIndex("triggers_by_worker").on(t.worker_id, t.name)],
);

/** The inbox: one row per question a run asked, written by that run's RunObject alone. */
export const approvals = sqliteTable(
  "approvals",
  {
    workspace_id: text().notNull(),
    id: text().notNull(),
    run_id: text().notNull(),
    worker_name: text().notNull(),
    status: text({ enum: ["pending", "approved", "rejected", "expired"] }).notNull(),
    label: text().notNull(),
    request: text({ mode: "json" }).$type<unknown>().notNull(),
    decision: text({ mode: "json" }).$type<unknown>(),
    follow_up_run_id: text(),
    created_at: integer().notNull(),
    decided_at: integer(),
    expires_at: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.id] })],
);

/** Who is told when a run ends, fails, asks, or a schedule does not start. */
export const alerts = sqliteTable(
  "alerts",
  {
    id: text().primaryKey(),
    workspace_id: text().notNull(),
    worker_id: text().notNull(),
    url: text(),
    email_to: text({ mode: "json" }).$type<string[]>().notNull(),
    events: text({ mode: "json" }).$type<string[]>().notNull(),
    description: text().notNull(),
    secret_box: text(),
    created_at: integer().notNull(),
  },
  (t) => [index("alerts_by_worker").on(t.workspace_id, t.worker_id)],
);
