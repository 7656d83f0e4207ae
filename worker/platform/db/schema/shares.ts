import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { ArtifactId, ContextId, RunId, ShareId, WorkerId, WorkspaceId } from "#contract/ids";

/** The public pages of workers, one a worker at most; a worker without a row has a private one. */
export const apps = sqliteTable(
  "apps",
  {
    worker_id: text().$type<WorkerId>().primaryKey(),
    workspace_id: text().$type<WorkspaceId>().notNull(),
    slug: text().notNull(),
    state: text({ enum: ["private", "link", "password", "invited", "public"] }).notNull(),
    /** Of its password; null for none. */
    password_hash: text(),
    /** Whom it is open to, which sites may frame it, its colours, which actions it has. */
    settings: text({ mode: "json" }).$type<unknown>().notNull(),
    expires_at: integer(),
    run_cap: integer(),
    run_count: integer().notNull(),
    runs_per_hour: integer().notNull(),
    visitor_runs_per_hour: integer().notNull(),
    created_at: integer().notNull(),
    updated_at: integer().notNull(),
  },
  (t) => [uniqueIndex("apps_by_slug").on(t.slug), index("apps_by_workspace").on(t.workspace_id)],
);

/**
 * Links that were shared. `hash` is the hex SHA-256 of the token, which is stored nowhere; a link that was revoked has no
 * row. A link leads to a worker, to a run of it, to a file of a run, or to a file of a context.
 */
export const shares = sqliteTable(
  "shares",
  {
    id: text().$type<ShareId>().primaryKey(),
    workspace_id: text().$type<WorkspaceId>().notNull(),
    kind: text({ enum: ["worker", "run", "artifact", "file"] }).notNull(),
    hash: text().notNull(),
    name: text(),
    worker_id: text().$type<WorkerId>(),
    run_id: text().$type<RunId>(),
    artifact_id: text().$type<ArtifactId>(),
    context_id: text().$type<ContextId>(),
    path: text(),
    /** Names of the actions it may start; null for all. */
    actions: text({ mode: "json" }).$type<unknown>(),
    /** Whether whoever has it may take a copy of the worker's files. */
    allow_copy: integer({ mode: "boolean" }).notNull(),
    expires_at: integer().notNull(),
    run_cap: integer(),
    run_count: integer().notNull(),
    runs_per_hour: integer().notNull(),
    visitor_runs_per_hour: integer().notNull(),
    created_at: integer().notNull(),
    created_by: text().notNull(),
  },
  (t) => [
    uniqueIndex("shares_by_hash").on(t.hash),
    index("shares_by_workspace").on(t.workspace_id, t.id),
    index("shares_by_worker").on(t.worker_id),
    index("shares_by_run").on(t.run_id),
  ],
);

/** Whose a visitor's run is: `visitor` is a digest of the cookie, `door` the link, or the worker whose page it was. */
export const visitorRuns = sqliteTable(
  "visitor_runs",
  {
    run_id: text().$type<RunId>().primaryKey(),
    workspace_id: text().$type<WorkspaceId>().notNull(),
    door: text().notNull(),
    visitor: text().notNull(),
    created_at: integer().notNull(),
  },
  (t) => [index("visitor_runs_by_workspace").on(t.workspace_id)],
);

/** Ways in that were mailed to people who are invited to a page; each is good once. `hash` as above. */
export const appEntries = sqliteTable(
  "app_entries",
  {
    hash: text().primaryKey(),
    worker_id: text().$type<WorkerId>().notNull(),
    email: text().notNull(),
    expires_at: integer().notNull(),
  },
  (t) => [index("app_entries_by_worker").on(t.worker_id), index("app_entries_by_expiry").on(t.expires_at)],
);
