import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { WorkspaceId } from "#contract/ids";

/** The data key of each workspace, wrapped by a master key. Without its row nothing of the workspace's secrets opens. */
export const workspaceKeys = sqliteTable("workspace_keys", {
  workspace_id: text().$type<WorkspaceId>().primaryKey(),
  wrapped: text().notNull(),
  created_at: integer().notNull(),
});

/**
 * The secrets that are set. `granted_to`: ids of the workers that alone may have it, as JSON; null for all that declare it.
 * `bound_to`: the hosts and the header of one that no script is given, as JSON; null for one that scripts are given.
 */
export const secrets = sqliteTable(
  "secrets",
  {
    workspace_id: text().$type<WorkspaceId>().notNull(),
    name: text().notNull(),
    version: integer().notNull(),
    granted_to: text({ mode: "json" }).$type<unknown>(),
    bound_to: text({ mode: "json" }).$type<unknown>(),
    created_at: integer().notNull(),
    updated_at: integer().notNull(),
    last_used_at: integer(),
    last_used_run_id: text(),
    last_checked_at: integer(),
    last_check_status: text(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.name] })],
);

/**
 * Every value that was set, sealed under the workspace's data key. One that was replaced or deleted stays readable as
 * long as a run may have it, so that it is masked to the run's end; then its `box` is null.
 */
export const secretVersions = sqliteTable(
  "secret_versions",
  {
    workspace_id: text().$type<WorkspaceId>().notNull(),
    name: text().notNull(),
    version: integer().notNull(),
    box: text(),
    created_at: integer().notNull(),
    created_by: text().notNull(),
    retired_at: integer(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.name, t.version] })],
);
