import { and, asc, eq, gt, isNotNull, isNull, lte, or, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import * as z from "zod";
import { workerReachSchema } from "#contract/access/access";
import type { Role, WorkerReach } from "#contract/access/access";
import type { TokenId, UserId, WorkspaceId } from "#contract/ids";
import { limits } from "#contract/limits";
import type { GrantKind } from "#contract/route";
import { tokenLimits } from "#contract/tokens/limits";
import type { Db } from "../platform/db/client.ts";
import { idIs } from "../platform/db/id-is.ts";
import { prepareOnce } from "../platform/db/prepare-once.ts";
import { invitations, members, tokens, workerGrants, workspaces } from "../platform/db/schema/access.ts";
import { workers } from "../platform/db/schema/deploys.ts";
import { deviceLogins, serviceAccounts } from "../platform/db/schema/tokens.ts";
import { defineUnmarked } from "../platform/objects/stored-document.ts";

export interface TokenRow {
  id: TokenId;
  workspace_id: WorkspaceId;
  kind: "owner" | "token" | "service";
  scopes: string[];
  expires_at: number | null;
  user_id: UserId | null;
  /** What its person is in the workspace now; null where it is nobody's, or they are no member any more. */
  role: Role | null;
  reach: WorkerReach | null;
  /** What the service account may whose token it is; null for any other, and for one whose account is gone. */
  service_role: Role | null;
  last_used_at: number | null;
  /** What its workspace's catalog is marked with now; see `readCatalogMark`. */
  catalog_mark: number;
}

/** Any text, so that a scope that is no more, or not yet, is passed over and does not lock its token out. */
export const scopesForm = defineUnmarked("scopes of a token", z.array(z.string()));

/** It is put together as JSON by the query that asks for it. */
const reachForm = defineUnmarked("reach of a person", workerReachSchema);
export const readReach = (text: unknown) => (typeof text === "string" ? reachForm.readText(text) : null);

/**
 * Where somebody's way to the workspace's workers differs from their role, as JSON; NULL for those who see everything.
 * `whom`: the columns of whom it is asked of, in the query around it. `maker` is what stands in `made_by` of a worker.
 */
export function selectReach(whom: {
  workspace: SQLiteColumn;
  user: SQLiteColumn;
  role: SQLiteColumn;
  maker: SQL;
}): SQL {
  const { workspace, user, role, maker } = whom;
  const grants = (
    kind: GrantKind,
  ) => sql`(SELECT json_group_array(json_object('id', ${workers.id}, 'name', ${workers.name}))
    FROM ${workerGrants} JOIN ${workers} ON ${workers.id} = ${workerGrants.worker_id}
    WHERE ${workerGrants.workspace_id} = ${workspace} AND ${workerGrants.user_id} = ${user} AND ${workerGrants.kind} = ${kind})`;
  const hidden = sql`(SELECT json_group_array(json_object('id', ${workers.id}, 'name', ${workers.name}))
    FROM ${workers} WHERE ${workers.workspace_id} = ${workspace} AND visibility = 'private'
    AND ${workers.made_by} IS NOT ${maker}
    AND NOT EXISTS (SELECT 1 FROM ${workerGrants}
      WHERE ${workerGrants.worker_id} = ${workers.id} AND ${workerGrants.user_id} = ${user}))`;
  return sql`CASE WHEN ${role} IN ('owner', 'admin') THEN NULL
    ELSE json_object('hidden', json(${hidden}), 'runner', json(${grants("runner")}), 'approver', json(${grants("approver")})) END`;
}

/** What the catalog of a row's workspace is marked with; see `readCatalogMark`. */
export function selectMark(workspace: SQLiteColumn): SQL<number> {
  return sql<number>`coalesce((SELECT ${workspaces.catalog_mark} FROM ${workspaces} WHERE ${workspaces.id} = ${workspace}), 0)`;
}

const tokenByHash = prepareOnce((db) => queryToken(db, eq(tokens.hash, sql.placeholder("hash"))).prepare());

/** `isMeant` names one: a hash or an id. A limit, which is bound, would have the database compile it anew each time. */
function queryToken(db: Db, isMeant: SQL) {
  const maker = sql`coalesce(${tokens.user_id}, ${tokens.id})`;
  const reach = selectReach({
    workspace: tokens.workspace_id,
    user: tokens.user_id,
    role: members.role,
    maker,
  });
  return db
    .select({
      id: tokens.id,
      workspace_id: tokens.workspace_id,
      kind: tokens.kind,
      scopes: tokens.scopes,
      expires_at: tokens.expires_at,
      user_id: tokens.user_id,
      role: members.role,
      reach: sql<unknown>`CASE WHEN ${tokens.kind} = 'owner' THEN NULL ELSE ${reach} END`,
      service_role: serviceAccounts.role,
      last_used_at: tokens.last_used_at,
      catalog_mark: selectMark(tokens.workspace_id),
    })
    .from(tokens)
    .leftJoin(
      members,
      and(eq(members.workspace_id, tokens.workspace_id), eq(members.user_id, tokens.user_id)),
    )
    .leftJoin(
      serviceAccounts,
      and(
        eq(serviceAccounts.id, tokens.service_account_id),
        eq(serviceAccounts.workspace_id, tokens.workspace_id),
      ),
    )
    .where(isMeant);
}

/** The token whose hash this is, with what its person may now: one question, whoever asks. */
export async function findToken(db: Db, hash: string): Promise<TokenRow | undefined> {
  const [row] = await tokenByHash(db).all({ hash });
  return row && readToken(row);
}

/** The same by its id, for whoever asks what a token that is not shown is worth now. */
export async function findTokenById(db: Db, id: string): Promise<TokenRow | undefined> {
  const [row] = await queryToken(db, idIs(tokens.id, id));
  return row && readToken(row);
}

function readToken(row: Awaited<ReturnType<typeof queryToken>>[number]): TokenRow {
  return { ...row, scopes: scopesForm.read(row.scopes), reach: readReach(row.reach) };
}

/** Writes down that a token was used, unless somebody else did within the hour. Epoch milliseconds. */
export async function noteTokenUse(db: Db, id: TokenId, now: number): Promise<void> {
  const before = now - tokenLimits.token_used_seconds.value * 1000;
  await db
    .update(tokens)
    .set({ last_used_at: now })
    .where(and(eq(tokens.id, id), or(isNull(tokens.last_used_at), lte(tokens.last_used_at, before))));
}

/** What somebody is in a workspace. */
export interface Membership {
  workspace_id: WorkspaceId;
  role: Role;
  reach: WorkerReach | null;
  /** What the workspace's catalog is marked with at this moment; see `readCatalogMark`. */
  catalog_mark: number;
}

/** What `userId` is in the workspace of this id, or in the first one they came to; undefined for none. */
export async function findMembership(
  db: Db,
  userId: UserId,
  workspaceId: string | null,
): Promise<Membership | undefined> {
  const whom = { workspace: members.workspace_id, user: members.user_id, role: members.role };
  const [row] = await db
    .select({
      workspace_id: members.workspace_id,
      role: members.role,
      reach: sql<unknown>`${selectReach({ ...whom, maker: sql`${members.user_id}` })}`,
      catalog_mark: workspaces.catalog_mark,
    })
    .from(members)
    .innerJoin(workspaces, eq(workspaces.id, members.workspace_id))
    .where(
      and(
        eq(members.user_id, userId),
        isNull(workspaces.deleted_at),
        workspaceId === null ? undefined : idIs(members.workspace_id, workspaceId),
      ),
    )
    .orderBy(asc(members.created_at))
    .limit(1);
  return row && { ...row, reach: readReach(row.reach) };
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

/** A workspace that is about to be written. */
export interface NewWorkspace {
  id: WorkspaceId;
  name: string;
  created_at: number;
}

/** Somebody who is about to be a member. */
export interface NewMember {
  user_id: UserId;
  /** In lower case. */
  email: string;
  name: string | null;
}

/** Writes a workspace with its owner, both or neither. */
export async function putWorkspace(db: Db, workspace: NewWorkspace, owner: NewMember): Promise<void> {
  const member = {
    ...owner,
    workspace_id: workspace.id,
    role: "owner" as const,
    created_at: workspace.created_at,
  };
  await db.batch([db.insert(workspaces).values(workspace), db.insert(members).values(member)]);
}

/** The same for somebody who is in no workspace yet; nothing where they are in one already. */
export async function putFirstWorkspace(db: Db, workspace: NewWorkspace, owner: NewMember): Promise<void> {
  const { id, name, created_at } = workspace;
  const isFirst = sql`NOT EXISTS (SELECT 1 FROM ${members} JOIN ${workspaces} ON ${workspaces.id} = ${members.workspace_id}
    WHERE ${members.user_id} = ${owner.user_id} AND ${workspaces.deleted_at} IS NULL)`;
  const isThere = sql`EXISTS (SELECT 1 FROM ${workspaces} WHERE ${workspaces.id} = ${id})`;
  const days = limits.retention_days_default.value;
  await db.batch([
    // The columns as the tables have them.
    db
      .insert(workspaces)
      .select(sql`SELECT ${id}, ${name}, ${created_at}, ${days}, NULL, NULL, 0 WHERE ${isFirst}`),
    db
      .insert(members)
      .select(
        sql`SELECT ${id}, ${owner.user_id}, 'owner', ${owner.email}, ${owner.name}, ${created_at}, NULL, NULL WHERE ${isThere}`,
      ),
  ]);
}

/**
 * Notes that a workspace is to be deleted, and ends all its tokens, memberships and invitations, in one step. The first
 * time stays.
 */
export async function beginDeletion(db: Db, workspaceId: WorkspaceId, now: number): Promise<void> {
  await db.batch([
    db
      .update(workspaces)
      .set({ deleted_at: now })
      .where(and(eq(workspaces.id, workspaceId), isNull(workspaces.deleted_at))),
    db.delete(tokens).where(eq(tokens.workspace_id, workspaceId)),
    db.delete(members).where(eq(members.workspace_id, workspaceId)),
    db.delete(invitations).where(eq(invitations.workspace_id, workspaceId)),
    db.delete(workerGrants).where(eq(workerGrants.workspace_id, workspaceId)),
    db.delete(serviceAccounts).where(eq(serviceAccounts.workspace_id, workspaceId)),
    db
      .update(deviceLogins)
      .set({ status: "denied" })
      .where(and(gt(deviceLogins.expires_at, now), eq(deviceLogins.workspace_id, workspaceId))),
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

/**
 * Deletes the last of a workspace whose deletion was begun: what tokens it may have, who was to be let in from a terminal,
 * and its row. Logins of devices are found by their end: there are never many.
 */
export async function deleteWorkspaceRow(db: Db, workspaceId: string): Promise<void> {
  const begun = and(idIs(workspaces.id, workspaceId), isNotNull(workspaces.deleted_at));
  await db.batch([
    db.delete(tokens).where(idIs(tokens.workspace_id, workspaceId)),
    db
      .delete(deviceLogins)
      .where(and(gt(deviceLogins.expires_at, 0), idIs(deviceLogins.workspace_id, workspaceId))),
    db.delete(workspaces).where(begun),
  ]);
}
