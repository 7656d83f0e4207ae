import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { ServiceAccountId, UserId, WorkspaceId } from "#contract/ids";

/** The programs of a workspace that act in their own name, such as CI. Their tokens are rows of `tokens`. */
export const serviceAccounts = sqliteTable(
  "service_accounts",
  {
    id: text().$type<ServiceAccountId>().primaryKey(),
    workspace_id: text().$type<WorkspaceId>().notNull(),
    name: text().notNull(),
    role: text({ enum: ["viewer", "editor", "admin"] }).notNull(),
    created_at: integer().notNull(),
    created_by: text().notNull(),
  },
  (t) => [uniqueIndex("service_accounts_by_name").on(t.workspace_id, t.name)],
);

/**
 * Programs that wait for a person to let them in. Both codes are stored as digests alone: SHA-256 of the long one, HMAC
 * of the short one, which could be found by trying them all. What was approved, and for whom, is null until then.
 */
export const deviceLogins = sqliteTable(
  "device_logins",
  {
    device_hash: text().primaryKey(),
    user_code_hash: text().notNull(),
    client_name: text().notNull(),
    scopes: text({ mode: "json" }).$type<unknown>().notNull(),
    address: text(),
    status: text({ enum: ["pending", "approved", "denied", "consumed"] }).notNull(),
    interval_seconds: integer().notNull(),
    polled_at: integer(),
    created_at: integer().notNull(),
    expires_at: integer().notNull(),
    workspace_id: text().$type<WorkspaceId>(),
    user_id: text().$type<UserId>(),
    decided_by: text(),
  },
  (t) => [
    uniqueIndex("device_logins_by_user_code").on(t.user_code_hash),
    index("device_logins_by_expiry").on(t.expires_at),
  ],
);
