import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { InvitationId, ServiceAccountId, TokenId, UserId, WorkerId, WorkspaceId } from "#contract/ids";

export const workspaces = sqliteTable("workspaces", {
  id: text().$type<WorkspaceId>().primaryKey(),
  name: text().notNull(),
  created_at: integer().notNull(),
  /** Days for which what has ended is kept; null: for ever. What a new workspace has is `retention_days_default` of the limits. */
  retention_days: integer().default(90),
  /** What else it has set for itself, as JSON; null for nothing. */
  settings: text({ mode: "json" }).$type<unknown>(),
  /** When its deletion was asked for, epoch milliseconds: from then on it has no tokens, and the row goes last. */
  deleted_at: integer(),
  /**
   * Another number whenever its workers, secrets or contexts have changed in what lists say of them: epoch milliseconds, or
   * one more than before. Triggers of the database write it, and nobody else.
   */
  catalog_mark: integer().notNull().default(0),
});

/** Who is in a workspace, and what they are there. `email` and `name` are as they were when they came. */
export const members = sqliteTable(
  "members",
  {
    workspace_id: text().$type<WorkspaceId>().notNull(),
    user_id: text().$type<UserId>().notNull(),
    role: text({ enum: ["owner", "admin", "editor", "viewer"] }).notNull(),
    email: text().notNull(),
    name: text(),
    created_at: integer().notNull(),
    /** What they may spend there a day and a month, in dollars; null: as the workspace says. */
    daily_spend_cap_usd: real(),
    monthly_spend_cap_usd: real(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.user_id] }),
    index("members_by_user").on(t.user_id, t.created_at),
  ],
);

/**
 * Who was asked to come. `hash` is the hex SHA-256 of what the link carries, `email` in lower case: nobody else can take
 * it up. One that was taken up keeps its row, so that it is not taken up again.
 */
export const invitations = sqliteTable(
  "invitations",
  {
    id: text().$type<InvitationId>().primaryKey(),
    workspace_id: text().$type<WorkspaceId>().notNull(),
    email: text().notNull(),
    role: text({ enum: ["admin", "editor", "viewer"] }).notNull(),
    hash: text().notNull(),
    invited_by: text().notNull(),
    created_at: integer().notNull(),
    expires_at: integer().notNull(),
    accepted_at: integer(),
    accepted_by: text().$type<UserId>(),
  },
  (t) => [
    uniqueIndex("invitations_by_hash").on(t.hash),
    index("invitations_by_workspace").on(t.workspace_id, t.id),
    index("invitations_by_email").on(t.email, t.expires_at),
  ],
);

/** What somebody may do with one worker beyond their role; it shows them the worker as well. */
export const workerGrants = sqliteTable(
  "worker_grants",
  {
    workspace_id: text().$type<WorkspaceId>().notNull(),
    worker_id: text().$type<WorkerId>().notNull(),
    user_id: text().$type<UserId>().notNull(),
    kind: text({ enum: ["runner", "approver"] }).notNull(),
    granted_by: text().notNull(),
    created_at: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.worker_id, t.user_id, t.kind] }),
    index("worker_grants_by_user").on(t.workspace_id, t.user_id),
  ],
);

/**
 * `hash` is the hex SHA-256 of the token; the token itself is stored nowhere. `scopes` is a JSON array. A token is the
 * owner's of the server's settings, a service account's, or a person's (`user_id`); without one it is nobody's and may
 * what its scopes say.
 */
export const tokens = sqliteTable(
  "tokens",
  {
    id: text().$type<TokenId>().primaryKey(),
    workspace_id: text().$type<WorkspaceId>().notNull(),
    kind: text({ enum: ["owner", "token", "service"] }).notNull(),
    name: text().notNull(),
    hash: text().notNull(),
    scopes: text({ mode: "json" }).$type<unknown>().notNull(),
    created_at: integer().notNull(),
    expires_at: integer(),
    user_id: text().$type<UserId>(),
    service_account_id: text().$type<ServiceAccountId>(),
    /** The principal that made it; null for the owner's. */
    created_by: text(),
    /** Of several times within an hour, the first: see worker/access/last-used.ts. */
    last_used_at: integer(),
  },
  (t) => [uniqueIndex("tokens_by_hash").on(t.hash), index("tokens_by_workspace").on(t.workspace_id)],
);

/** What somebody has arranged for themselves in a workspace. `actor`: the person, or the token that is nobody's. */
export const preferences = sqliteTable(
  "preferences",
  {
    workspace_id: text().notNull(),
    actor: text().notNull(),
    document: text({ mode: "json" }).$type<unknown>().notNull(),
    updated_at: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.actor] })],
);
