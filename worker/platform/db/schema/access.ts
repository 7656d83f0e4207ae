import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { TokenId, WorkspaceId } from "#contract/ids";

export const workspaces = sqliteTable("workspaces", {
  id: text().$type<WorkspaceId>().primaryKey(),
  name: text().notNull(),
  created_at: integer().notNull(),
  /** Days for which what has ended is kept; null: for ever. What a new workspace has is `retention_days_default` of the limits. */
  retention_days: integer().default(90),
  /** When its deletion was asked for, epoch milliseconds: from then on it has no tokens, and the row goes last. */
  deleted_at: integer(),
});

/** `hash` is the hex SHA-256 of the token; the token itself is stored nowhere. `scopes` is a JSON array. */
export const tokens = sqliteTable(
  "tokens",
  {
    id: text().$type<TokenId>().primaryKey(),
    workspace_id: text().$type<WorkspaceId>().notNull(),
    kind: text({ enum: ["owner", "token"] }).notNull(),
    name: text().notNull(),
    hash: text().notNull(),
    scopes: text({ mode: "json" }).$type<unknown>().notNull(),
    created_at: integer().notNull(),
    expires_at: integer(),
  },
  (t) => [uniqueIndex("tokens_by_hash").on(t.hash), index("tokens_by_workspace").on(t.workspace_id)],
);
