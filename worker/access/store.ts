import type { Role } from "#contract/access/access";
import type { TokenId, UserId, WorkspaceId } from "#contract/ids";
import { tokenLimits } from "#contract/tokens/limits";
import { and, eq, isNotNull, isNull, lte, or, sql } from "drizzle-orm";
import * as z from "zod";
import type { Db } from "../platform/db/client.ts";
import { idIs } from "../platform/db/id-is.ts";
import { tokens, workspaces } from "../platform/db/schema/access.ts";
import { serviceAccounts } from "../platform/db/schema/tokens.ts";
import { defineUnmarked } from "../platform/objects/stored-document.ts";

export interface TokenRow {
  id: TokenId;
  workspace_id: WorkspaceId;
  kind: "owner" | "token" | "service";
  scopes: string[];
  expires_at: number | null;
  user_id: UserId | null;
  /** What the service account may whose token it is; null for any other, and for one whose account is gone. */
  service_role: Role | null;
  last_used_at: number | null;
}

/** Any text, so that a scope that is no more, or not yet, is passed over and does not lock its token out. */
export const scopesForm = defineUnmarked("scopes of a token", z.array(z.string()));

/** The token whose hash this is, and in the same read what its service account may. */
export async function findToken(db: Db, hash: string): Promise<TokenRow | undefined> {
  const [row] = await db
    .select({
      id: tokens.id,
      workspace_id: tokens.workspace_id,
      kind: tokens.kind,
      scopes: tokens.scopes,
      expires_at: tokens.expires_at,
      user_id: tokens.user_id,
      service_role: serviceAccounts.role,
      last_used_at: tokens.last_used_at,
    })
    .from(tokens)
    .leftJoin(
      serviceAccounts,
      and(
        eq(serviceAccounts.id, tokens.service_account_id),
        eq(serviceAccounts.workspace_id, tokens.workspace_id),
      ),
    )
    .where(eq(tokens.hash, hash))
    .limit(1);
  return row && { ...row, scopes: scopesForm.read(row.scopes) };
}

/** Writes down that a token was used, unless somebody else did within the hour. Epoch milliseconds. */
export async function noteTokenUse(db: Db, id: TokenId, now: number): Promise<void> {
  const before = now - tokenLimits.token_used_seconds.value * 1000;
  await db
    .update(tokens)
    .set({ last_used_at: now })
    .where(and(eq(tokens.id, id), or(isNull(tokens.last_used_at), lte(tokens.last_used_at, before))));
}

export async function findWorkspace(
  db: Db,
  id: WorkspaceId,
): Promise<{ id: string; name: string } | undefined> {
  const [row] = await db.select().from(workspaces).where(eq(workspaces.id, id)).limit(1);
  return row;
}

export interface OwnerSeed {
  workspaceId: WorkspaceId;
  workspaceName: string;
  tokenId: TokenId;
  hash: string;
  scopes: readonly string[];
  now: number;
}

/**
 * Writes the first workspace and its owner token; a new owner token takes the old one's place. False, and no token is
 * there, while the workspace is being deleted.
 */
export async function putOwner(db: Db, seed: OwnerSeed): Promise<boolean> {
  const token = db
    .select({
      id: sql`${seed.tokenId}`.as("id"),
      workspace_id: workspaces.id,
      kind: sql`'owner'`.as("kind"),
      name: sql`'owner'`.as("name"),
      hash: sql`${seed.hash}`.as("hash"),
      scopes: sql`${JSON.stringify(seed.scopes)}`.as("scopes"),
      created_at: sql`${seed.now}`.as("created_at"),
      expires_at: sql`NULL`.as("expires_at"),
      user_id: sql`NULL`.as("user_id"),
      service_account_id: sql`NULL`.as("service_account_id"),
      created_by: sql`NULL`.as("created_by"),
      last_used_at: sql`NULL`.as("last_used_at"),
    })
    .from(workspaces)
    .where(and(eq(workspaces.id, seed.workspaceId), isNull(workspaces.deleted_at)));
  const [, put] = await db.batch([
    db
      .insert(workspaces)
      .values({ id: seed.workspaceId, name: seed.workspaceName, created_at: seed.now })
      .onConflictDoNothing(),
    db
      .insert(tokens)
      .select(token)
      .onConflictDoUpdate({ target: tokens.id, set: { hash: seed.hash } })
      .returning({ id: tokens.id }),
  ]);
  return put.length === 1;
}

/** Notes that a workspace is to be deleted, and ends all its tokens, in one step. The first time stays. */
export async function beginDeletion(db: Db, workspaceId: WorkspaceId, now: number): Promise<void> {
  await db.batch([
    db
      .update(workspaces)
      .set({ deleted_at: now })
      .where(and(eq(workspaces.id, workspaceId), isNull(workspaces.deleted_at))),
    db.delete(tokens).where(eq(tokens.workspace_id, workspaceId)),
  ]);
}

/** Whether there is such a workspace, and whether it is being deleted. */
export async function findDeletion(db: Db, workspaceId: string): Promise<"none" | "kept" | "begun"> {
  const [row] = await db
    .select({ deleted_at: workspaces.deleted_at })
    .from(workspaces)
    .where(idIs(workspaces.id, workspaceId))
    .limit(1);
  if (row === undefined) return "none";
  return row.deleted_at === null ? "kept" : "begun";
}

/** Deletes the last of a workspace whose deletion was begun: what tokens it may have, and its row. */
export async function deleteWorkspaceRow(db: Db, workspaceId: string): Promise<void> {
  const begun = and(idIs(workspaces.id, workspaceId), isNotNull(workspaces.deleted_at));
  await db.batch([
    db.delete(tokens).where(idIs(tokens.workspace_id, workspaceId)),
    db.delete(workspaces).where(begun),
  ]);
}
