import { sql } from "drizzle-orm";
import { index, integer, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { EvaluationId, VersionId, WorkerId, WorkerName, WorkspaceId } from "#contract/ids";

/**
 * `resumed_version`: the version whose `paused: true` somebody has lifted; the next push may pause anew.
 * `visibility`: whether the whole workspace sees it, or its maker, those it is granted to and whoever administers the
 * workspace. `made_by`: the account, or the token that is nobody's; null for one that is older than this column.
 * `folder`: where people have put it in the list, empty for in none; null where worker.yml decides.
 * `hook_token_box`: the tokens of `/webhooks/{worker}?token=`, sealed; null until the first one was asked for.
 */
export const workers = sqliteTable(
  "workers",
  {
    id: text().$type<WorkerId>().primaryKey(),
    workspace_id: text().$type<WorkspaceId>().notNull(),
    name: text().$type<WorkerName>().notNull(),
    active_version: integer().notNull(),
    latest_version: integer().notNull(),
    archived_at: integer(),
    archive_reason: text(),
    paused_at: integer(),
    resumed_version: integer(),
    hook_token_box: text(),
    visibility: text({ enum: ["private", "workspace"] })
      .notNull()
      .default("workspace"),
    made_by: text(),
    folder: text(),
    created_at: integer().notNull(),
    updated_at: integer().notNull(),
  },
  (t) => [
    uniqueIndex("workers_by_name").on(t.workspace_id, t.name),
    // Partial: what is hidden from somebody is read with every request of theirs, and is little.
    index("workers_private")
      .on(t.workspace_id)
      .where(sql`visibility = 'private'`),
  ],
);

/**
 * Immutable but for what a person decides: `state`, `decided_by` (actor), `decided_at`, `decision_reason`, and `signature`,
 * the server's over all of it; `older` for versions from before there were signatures. `manifest` is the parsed worker.yml as JSON; `pushed_by` the token
 * that pushed it, null for one that is older than this column; `template` the parsed template.yml, null without one.
 */
export const versions = sqliteTable(
  "versions",
  {
    id: text().$type<VersionId>().primaryKey(),
    workspace_id: text().$type<WorkspaceId>().notNull(),
    worker_id: text().$type<WorkerId>().notNull(),
    number: integer().notNull(),
    digest: text().notNull(),
    manifest: text({ mode: "json" }).$type<unknown>().notNull(),
    file_count: integer().notNull(),
    size_bytes: integer().notNull(),
    created_at: integer().notNull(),
    pushed_by: text(),
    template: text({ mode: "json" }).$type<unknown>(),
    state: text({ enum: ["quarantined", "active", "retired", "rejected"] })
      .notNull()
      .default("active"),
    signature: text().notNull().default("older"),
    decided_by: text(),
    decided_at: integer(),
    decision_reason: text(),
  },
  (t) => [
    uniqueIndex("versions_by_number").on(t.worker_id, t.number),
    // Whether anybody still needs a bundle.
    index("versions_by_digest").on(t.digest),
    // Partial: what waits for a person is little, however many versions there are.
    index("versions_waiting")
      .on(t.workspace_id, t.id)
      .where(sql`state = 'quarantined'`),
  ],
);

/** Every time a version was made active by hand: from which to which, by whose token, with which guards set aside. */
export const activations = sqliteTable(
  "activations",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    workspace_id: text().$type<WorkspaceId>().notNull(),
    worker_id: text().$type<WorkerId>().notNull(),
    from_version: integer().notNull(),
    to_version: integer().notNull(),
    by_token: text().notNull(),
    at: integer().notNull(),
    forced: text({ mode: "json" }).$type<unknown>().notNull(),
  },
  (t) => [index("activations_by_worker").on(t.worker_id, t.id)],
);

/**
 * Evaluations of versions. `key` is what its asker called it, or its id: the same key is the same evaluation of its
 * worker. `result` is what it came to, a document; null while it is under way.
 */
export const evaluations = sqliteTable(
  "evaluations",
  {
    id: text().$type<EvaluationId>().primaryKey(),
    workspace_id: text().$type<WorkspaceId>().notNull(),
    worker_id: text().$type<WorkerId>().notNull(),
    version: integer().notNull(),
    key: text().notNull(),
    whole: integer({ mode: "boolean" }).notNull(),
    status: text({ enum: ["running", "completed", "cancelled"] }).notNull(),
    verdict: text({ enum: ["pass", "fail"] }),
    runs: integer().notNull(),
    cost_usd: real().notNull(),
    result: text(),
    requested_by: text(),
    created_at: integer().notNull(),
    ended_at: integer(),
  },
  (t) => [
    uniqueIndex("evaluations_by_key").on(t.worker_id, t.key),
    index("evaluations_by_worker").on(t.worker_id, t.id),
    index("evaluations_by_workspace").on(t.workspace_id),
  ],
);

/** What each case of an evaluation came to, as a document. */
export const evaluationCases = sqliteTable(
  "evaluation_cases",
  {
    evaluation_id: text().$type<EvaluationId>().notNull(),
    workspace_id: text().$type<WorkspaceId>().notNull(),
    worker_id: text().$type<WorkerId>().notNull(),
    position: integer().notNull(),
    result: text().notNull(),
  },
  (t) => [
    uniqueIndex("evaluation_cases_by_place").on(t.evaluation_id, t.position),
    index("evaluation_cases_by_worker").on(t.worker_id),
    index("evaluation_cases_by_workspace").on(t.workspace_id),
  ],
);

/** What a worker's evaluations are compared with. */
export const evaluationBaselines = sqliteTable(
  "evaluation_baselines",
  {
    worker_id: text().$type<WorkerId>().primaryKey(),
    workspace_id: text().$type<WorkspaceId>().notNull(),
    evaluation_id: text().$type<EvaluationId>().notNull(),
    set_by: text(),
    set_at: integer().notNull(),
  },
  (t) => [index("evaluation_baselines_by_workspace").on(t.workspace_id)],
);
