import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { ContextId, WorkspaceId } from "#contract/ids";

/**
 * The contexts as they are now. `digest`, `file_count` and `total_bytes` are those of the newest version; `last_change` is
 * the change that made it, by which the other rows of that change know that it was the one that went through.
 */
export const contextBundles = sqliteTable(
  "context_bundles",
  {
    id: text().$type<ContextId>().primaryKey(),
    workspace_id: text().$type<WorkspaceId>().notNull(),
    name: text().notNull(),
    kind: text().notNull(),
    description: text().notNull(),
    category: text(),
    visibility: text().notNull(),
    sensitive: integer({ mode: "boolean" }).notNull(),
    writeable: integer({ mode: "boolean" }).notNull(),
    owner_id: text().notNull(),
    version: integer().notNull(),
    digest: text(),
    file_count: integer().notNull(),
    total_bytes: integer().notNull(),
    last_change: text().notNull(),
    created_at: integer().notNull(),
    updated_at: integer().notNull(),
  },
  (t) => [uniqueIndex("contexts_by_name").on(t.workspace_id, t.name)],
);

/** What was made of a context, and by whom. A run's attempt writes a context once at most. */
export const contextVersions = sqliteTable(
  "context_versions",
  {
    context_id: text().$type<ContextId>().notNull(),
    number: integer().notNull(),
    digest: text().notNull(),
    file_count: integer().notNull(),
    total_bytes: integer().notNull(),
    message: text().notNull(),
    made_by: text().notNull(),
    run_id: text(),
    run_attempt: integer(),
    restored_from: integer(),
    created_at: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.context_id, t.number] }),
    uniqueIndex("context_versions_by_run").on(t.run_id, t.run_attempt, t.context_id),
  ],
);

/**
 * Every content that a file of a context has had: in the versions from `since` on and before `until`, null while it has it.
 * The contents themselves lie in R2 by their digest.
 */
export const contextFiles = sqliteTable(
  "context_files",
  {
    context_id: text().$type<ContextId>().notNull(),
    path: text().notNull(),
    since: integer().notNull(),
    until: integer(),
    sha256: text().notNull(),
    size: integer().notNull(),
    warned: integer({ mode: "boolean" }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.context_id, t.path, t.since] }),
    // The files as they are now, and what goes when old versions do.
    index("context_files_by_end").on(t.context_id, t.until),
  ],
);
