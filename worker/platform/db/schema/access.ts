import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { ServiceAccountId, TokenId, UserId, WorkspaceId } from "#contract/ids";

export const workspaces = sqliteTable("workspaces", {
  id: text().$type<WorkspaceId>().primaryKey(),
  name: text().notNull(),
  created_at: integer().notNull(),
  /** Days for which what has ended is kept; null: for ever. What a new workspace has is `retention_days_default` of the limits. */
  retention_days: integer().default(90),
  /** When its deletion was asked for, epoch milliseconds: from then on it has no tokens, and the row goes last. */
  deleted_at: integer(),
});

/**
 * `hash` is the hex SHA-256 of the token; the token itself is stored nowhere. `scopes` is a JSON array. A token is the
 * owner's of the server's settings, a service account's, or a person's; one that the owner made has no person.
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
