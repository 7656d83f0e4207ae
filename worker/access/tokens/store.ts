import { and, asc, eq, isNull, lte, or, sql } from "drizzle-orm";
import type { ServiceAccountId, TokenId, UserId, WorkspaceId } from "#contract/ids";
import type { Scope } from "#contract/access/access";
import { limits } from "#contract/limits";
import type { Db } from "../../platform/db/client.ts";
import { idIs } from "../../platform/db/id-is.ts";
import { tokens, workspaces } from "../../platform/db/schema/access.ts";
import { serviceAccounts } from "../../platform/db/schema/tokens.ts";
import { scopesForm } from "../store.ts";
import type { Reach } from "./token-rules.ts";

/** A token as its row has it, with the name of the service account whose it is. */
export interface KeptToken {
  id: TokenId;
  kind: "owner" | "token" | "service";
  name: string;
  /** Any text: a scope may be no more, or not yet. */
  scopes: string[];
  user_id: UserId | null;
  service_account_id: ServiceAccountId | null;
  service_account: string | null;
  created_at: number;
  created_by: string | null;
  expires_at: number | null;
  last_used_at: number | null;
}

/** The whole of a token that is about to be written. */
export interface NewToken {
  id: TokenId;
  workspace_id: WorkspaceId;
  kind: "token" | "service";
  name: string;
  hash: string;
  scopes: readonly Scope[];
  user_id: UserId | null;
  service_account_id: ServiceAccountId | null;
  created_at: number;
  created_by: string;
  expires_at: number;
}

export interface ServiceAccountRow {
  id: ServiceAccountId;
  name: string;
  role: "viewer" | "editor" | "admin";
  created_at: number;
  created_by: string;
  tokens: number;
}

const MOST_TOKENS = limits.workspace_tokens.value;
const MOST_ACCOUNTS = limits.workspace_service_accounts.value;

const columns = {
  id: tokens.id,
  kind: tokens.kind,
  name: tokens.name,
  scopes: tokens.scopes,
  user_id: tokens.user_id,
  service_account_id: tokens.service_account_id,
  service_account: serviceAccounts.name,
  created_at: tokens.created_at,
  created_by: tokens.created_by,
  expires_at: tokens.expires_at,
  last_used_at: tokens.last_used_at,
};

const selectTokens = (db: Db) =>
  db
    .select(columns)
    .from(tokens)
    .leftJoin(serviceAccounts, eq(serviceAccounts.id, tokens.service_account_id));

/** The tokens within somebody's reach, newest first. */
export async function listTokenRows(db: Db, workspaceId: WorkspaceId, reach: Reach): Promise<KeptToken[]> {
  const whose = {
    workspace: () => undefined,
    person: (id: string) => and(eq(tokens.kind, "token"), idIs(tokens.user_id, id)),
    token: (id: string) => or(idIs(tokens.id, id), eq(tokens.created_by, id)),
  };
  const within = reach.of === "workspace" ? whose.workspace() : whose[reach.of](reach.id);
  const rows = await selectTokens(db)
    .where(and(eq(tokens.workspace_id, workspaceId), within))
    .limit(MOST_TOKENS);
  // There are never more than that limit, so that sorting them here costs less than an index for it.
  return rows
    .map((row) => ({ ...row, scopes: scopesForm.read(row.scopes) }))
    .toSorted((left, right) => (left.id < right.id ? 1 : -1));
}

/** A token of a workspace, by an id as somebody sent it. */
export async function findTokenRow(
  db: Db,
  workspaceId: WorkspaceId,
  id: string,
): Promise<KeptToken | undefined> {
  const [row] = await selectTokens(db)
    .where(and(eq(tokens.workspace_id, workspaceId), idIs(tokens.id, id)))
    .limit(1);
  return row && { ...row, scopes: scopesForm.read(row.scopes) };
}

/**
 * Writes a token in one step with what it depends on: false when meanwhile the workspace is being deleted, the token that
 * makes it (`makerId`, null for a person) or its service account is gone, or the workspace has all the tokens it may.
 */
export async function putToken(db: Db, token: NewToken, makerId: string | null): Promise<boolean> {
  const maker = makerId === null ? sql`1` : sql`EXISTS (SELECT 1 FROM tokens WHERE id = ${makerId})`;
  const account =
    token.service_account_id === null
      ? sql`1`
      : sql`EXISTS (SELECT 1 FROM service_accounts WHERE id = ${token.service_account_id} AND workspace_id = ${token.workspace_id})`;
  const room = sql`(SELECT count(*) FROM tokens WHERE workspace_id = ${token.workspace_id}) < ${MOST_TOKENS}`;
  const row = db
    .select({
      id: sql`${token.id}`.as("id"),
      workspace_id: workspaces.id,
      kind: sql`${token.kind}`.as("kind"),
      name: sql`${token.name}`.as("name"),
      hash: sql`${token.hash}`.as("hash"),
      scopes: sql`${JSON.stringify(token.scopes)}`.as("scopes"),
      created_at: sql`${token.created_at}`.as("created_at"),
      expires_at: sql`${token.expires_at}`.as("expires_at"),
      user_id: sql`${token.user_id}`.as("user_id"),
      service_account_id: sql`${token.service_account_id}`.as("service_account_id"),
      created_by: sql`${token.created_by}`.as("created_by"),
      last_used_at: sql`NULL`.as("last_used_at"),
    })
    .from(workspaces)
    .where(and(eq(workspaces.id, token.workspace_id), isNull(workspaces.deleted_at), maker, account, room));
  const put = await db.insert(tokens).select(row).returning({ id: tokens.id });
  return put.length === 1;
}

/** Forgets the tokens of a workspace that ended before a time, epoch milliseconds. */
export async function forgetEnded(db: Db, workspaceId: WorkspaceId, before: number): Promise<void> {
  await db.delete(tokens).where(and(eq(tokens.workspace_id, workspaceId), lte(tokens.expires_at, before)));
}

/** False when there was none. */
export async function deleteTokenRow(db: Db, workspaceId: WorkspaceId, id: string): Promise<boolean> {
  const gone = await db
    .delete(tokens)
    .where(and(eq(tokens.workspace_id, workspaceId), idIs(tokens.id, id)))
    .returning({ id: tokens.id });
  return gone.length === 1;
}

/** Puts another token in a row's place; false when the row is gone, or is another token's by now. */
export async function replaceToken(
  db: Db,
  change: {
    workspaceId: WorkspaceId;
    id: TokenId;
    hash: string;
    wasMadeAt: number;
    now: number;
    expiresAt: number;
  },
): Promise<boolean> {
  const { workspaceId, id, hash, wasMadeAt, now, expiresAt } = change;
  const changed = await db
    .update(tokens)
    .set({ hash, created_at: now, expires_at: expiresAt, last_used_at: null })
    .where(and(eq(tokens.workspace_id, workspaceId), eq(tokens.id, id), eq(tokens.created_at, wasMadeAt)))
    .returning({ id: tokens.id });
  return changed.length === 1;
}

const tokensOf = sql<number>`(SELECT count(*) FROM tokens WHERE tokens.workspace_id = service_accounts.workspace_id AND tokens.service_account_id = service_accounts.id)`;

/** The service accounts of a workspace with how many tokens each has, by name. */
export async function listServiceRows(db: Db, workspaceId: WorkspaceId): Promise<ServiceAccountRow[]> {
  return selectServices(db)
    .where(eq(serviceAccounts.workspace_id, workspaceId))
    .orderBy(asc(serviceAccounts.name));
}

export async function findServiceRow(
  db: Db,
  workspaceId: WorkspaceId,
  name: string,
): Promise<ServiceAccountRow | undefined> {
  const [row] = await selectServices(db)
    .where(and(eq(serviceAccounts.workspace_id, workspaceId), eq(serviceAccounts.name, name)))
    .limit(1);
  return row;
}

const selectServices = (db: Db) =>
  db
    .select({
      id: serviceAccounts.id,
      name: serviceAccounts.name,
      role: serviceAccounts.role,
      created_at: serviceAccounts.created_at,
      created_by: serviceAccounts.created_by,
      tokens: tokensOf,
    })
    .from(serviceAccounts);

/** Writes a service account; false when there is one of that name, the workspace is going, or it has all it may. */
export async function putService(
  db: Db,
  account: Omit<ServiceAccountRow, "tokens"> & { workspace_id: WorkspaceId },
): Promise<boolean> {
  const room = sql`(SELECT count(*) FROM service_accounts WHERE workspace_id = ${account.workspace_id}) < ${MOST_ACCOUNTS}`;
  const row = db
    .select({
      id: sql`${account.id}`.as("id"),
      workspace_id: workspaces.id,
      name: sql`${account.name}`.as("name"),
      role: sql`${account.role}`.as("role"),
      created_at: sql`${account.created_at}`.as("created_at"),
      created_by: sql`${account.created_by}`.as("created_by"),
    })
    .from(workspaces)
    .where(and(eq(workspaces.id, account.workspace_id), isNull(workspaces.deleted_at), room));
  const put = await db
    .insert(serviceAccounts)
    .select(row)
    .onConflictDoNothing()
    .returning({ id: serviceAccounts.id });
  return put.length === 1;
}

/** Deletes a service account and every token of it, in one step; false when there was none. */
export async function deleteService(db: Db, workspaceId: WorkspaceId, name: string): Promise<boolean> {
  const at = and(eq(serviceAccounts.workspace_id, workspaceId), eq(serviceAccounts.name, name));
  const id = db.select({ id: serviceAccounts.id }).from(serviceAccounts).where(at);
  const [, gone] = await db.batch([
    db
      .delete(tokens)
      .where(and(eq(tokens.workspace_id, workspaceId), sql`${tokens.service_account_id} IN ${id}`)),
    db.delete(serviceAccounts).where(at).returning({ id: serviceAccounts.id }),
  ]);
  return gone.length === 1;
}
