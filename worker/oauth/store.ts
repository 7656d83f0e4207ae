import { and, asc, desc, eq, isNull, lt, lte, or, sql } from "drizzle-orm";
import type { Role, WorkerReach } from "#contract/access/access";
import type { ClientGrantId, UserId, WorkspaceId } from "#contract/ids";
import { limits } from "#contract/limits";
import { readReach, scopesForm, selectMark, selectReach } from "../access/store.ts";
import type { Db } from "../platform/db/client.ts";
import { idIs } from "../platform/db/id-is.ts";
import { prepareOnce } from "../platform/db/prepare-once.ts";
import { members, workspaces } from "../platform/db/schema/access.ts";
import {
  oauthAccessTokens,
  oauthClients,
  oauthGrants,
  oauthRefreshTokens,
} from "../platform/db/schema/oauth.ts";

/** An access token with what was granted, and what its person may now. */
export interface AccessRow {
  scopes: string[];
  /** What it is for; the addresses of resources. */
  resources: string[];
  expires_at: number;
  grant_id: ClientGrantId;
  workspace_id: WorkspaceId;
  user_id: UserId;
  last_used_at: number | null;
  role: Role;
  reach: WorkerReach | null;
  /** What the workspace's catalog is marked with at this moment; see `readCatalogMark`. */
  catalog_mark: number;
}

const accessByHash = prepareOnce((db) => {
  const whom = { workspace: members.workspace_id, user: members.user_id, role: members.role };
  return db
    .select({
      scopes: oauthAccessTokens.scopes,
      resources: oauthAccessTokens.resources,
      expiresAt: oauthAccessTokens.expiresAt,
      grant_id: oauthGrants.id,
      workspace_id: oauthGrants.workspace_id,
      user_id: oauthGrants.user_id,
      last_used_at: oauthGrants.last_used_at,
      role: members.role,
      reach: sql<unknown>`${selectReach({ ...whom, maker: sql`${members.user_id}` })}`,
      catalog_mark: selectMark(oauthGrants.workspace_id),
    })
    .from(oauthAccessTokens)
    .innerJoin(oauthGrants, eq(oauthGrants.id, oauthAccessTokens.referenceId))
    .innerJoin(
      members,
      and(eq(members.workspace_id, oauthGrants.workspace_id), eq(members.user_id, oauthGrants.user_id)),
    )
    .where(and(eq(oauthAccessTokens.token, sql.placeholder("hash")), isNull(oauthAccessTokens.revoked)))
    .prepare();
});

/**
 * The access token of this hash; undefined where there is none, where its grant was taken back, and where its person is
 * no member any more. One question, whoever asks.
 */
export async function findAccess(db: Db, hash: string): Promise<AccessRow | undefined> {
  const [row] = await accessByHash(db).all({ hash });
  if (row === undefined) return undefined;
  const { expiresAt, scopes, resources, reach, ...rest } = row;
  return {
    ...rest,
    scopes: scopesForm.readText(scopes),
    resources: resources === null ? [] : scopesForm.readText(resources),
    expires_at: expiresAt.getTime(),
    reach: readReach(reach),
  };
}

/** What was granted to a client, and what its person may now; undefined where it was taken back. */
export async function findGrant(
  db: Db,
  id: string,
): Promise<Omit<AccessRow, "resources" | "expires_at" | "last_used_at" | "catalog_mark"> | undefined> {
  const whom = { workspace: members.workspace_id, user: members.user_id, role: members.role };
  const [row] = await db
    .select({
      scopes: oauthGrants.scopes,
      grant_id: oauthGrants.id,
      workspace_id: oauthGrants.workspace_id,
      user_id: oauthGrants.user_id,
      role: members.role,
      reach: sql<unknown>`${selectReach({ ...whom, maker: sql`${members.user_id}` })}`,
    })
    .from(oauthGrants)
    .innerJoin(
      members,
      and(eq(members.workspace_id, oauthGrants.workspace_id), eq(members.user_id, oauthGrants.user_id)),
    )
    .where(idIs(oauthGrants.id, id))
    .limit(1);
  return row && { ...row, scopes: scopesForm.read(row.scopes), reach: readReach(row.reach) };
}

/** Writes down that a client was used, unless somebody else did within the hour. Epoch milliseconds. */
export async function noteGrantUse(db: Db, id: ClientGrantId, now: number): Promise<void> {
  const before = now - limits.token_used_seconds.value * 1000;
  await db
    .update(oauthGrants)
    .set({ last_used_at: now })
    .where(
      and(
        eq(oauthGrants.id, id),
        or(isNull(oauthGrants.last_used_at), lte(oauthGrants.last_used_at, before)),
      ),
    );
}

export interface ClientRow {
  client_id: string;
  name: string | null;
  discovery: string | null;
}

/** What is kept of a client by the id that it says. */
export async function findClient(db: Db, clientId: string): Promise<ClientRow | undefined> {
  const [row] = await db
    .select({
      client_id: oauthClients.clientId,
      name: oauthClients.name,
      discovery: oauthClients.clientDiscoveryId,
    })
    .from(oauthClients)
    .where(eq(oauthClients.clientId, clientId))
    .limit(1);
  return row;
}

export interface NewGrant {
  id: ClientGrantId;
  client_id: string;
  user_id: UserId;
  workspace_id: WorkspaceId;
  scopes: readonly string[];
  connected_at: number;
}

/**
 * Writes what a person allows, or says it anew where they did before. `isNew` where they did not. Undefined where they are
 * no member of that workspace, or it is being deleted.
 */
export async function putGrant(
  db: Db,
  grant: NewGrant,
): Promise<{ id: ClientGrantId; isNew: boolean } | undefined> {
  const scopes = JSON.stringify(grant.scopes);
  const row = db
    .select({
      id: sql`${grant.id}`.as("id"),
      client_id: sql`${grant.client_id}`.as("client_id"),
      user_id: members.user_id,
      workspace_id: members.workspace_id,
      scopes: sql`${scopes}`.as("scopes"),
      connected_at: sql`${grant.connected_at}`.as("connected_at"),
      last_used_at: sql`NULL`.as("last_used_at"),
    })
    .from(members)
    .innerJoin(workspaces, and(eq(workspaces.id, members.workspace_id), isNull(workspaces.deleted_at)))
    .where(and(eq(members.user_id, grant.user_id), eq(members.workspace_id, grant.workspace_id)));
  const [put] = await db
    .insert(oauthGrants)
    .select(row)
    .onConflictDoUpdate({
      target: [oauthGrants.user_id, oauthGrants.workspace_id, oauthGrants.client_id],
      set: { scopes: sql`excluded.scopes`, connected_at: grant.connected_at },
    })
    .returning({ id: oauthGrants.id });
  return put && { id: put.id, isNew: put.id === grant.id };
}

export interface GrantRow {
  id: ClientGrantId;
  client_id: string;
  client_name: string | null;
  discovery: string | null;
  workspace_id: WorkspaceId;
  workspace_name: string;
  scopes: string[];
  connected_at: number;
  last_used_at: number | null;
}

/** Whose grants are meant: a person's, in one workspace or (null) in all of theirs. */
export interface GrantsOf {
  userId: UserId;
  workspaceId: WorkspaceId | null;
}

const within = ({ userId, workspaceId }: GrantsOf) =>
  and(
    eq(oauthGrants.user_id, userId),
    workspaceId === null ? undefined : eq(oauthGrants.workspace_id, workspaceId),
  );

/** Nobody sees more clients of theirs than these, the newest. */
const MOST_GRANTS = 500;

/** The clients that act for a person, the newest first. */
export async function listGrants(db: Db, of: GrantsOf): Promise<GrantRow[]> {
  const rows = await db
    .select({
      id: oauthGrants.id,
      client_id: oauthGrants.client_id,
      client_name: oauthClients.name,
      discovery: oauthClients.clientDiscoveryId,
      workspace_id: oauthGrants.workspace_id,
      workspace_name: workspaces.name,
      scopes: oauthGrants.scopes,
      connected_at: oauthGrants.connected_at,
      last_used_at: oauthGrants.last_used_at,
    })
    .from(oauthGrants)
    .innerJoin(oauthClients, eq(oauthClients.clientId, oauthGrants.client_id))
    .innerJoin(workspaces, eq(workspaces.id, oauthGrants.workspace_id))
    .where(within(of))
    .orderBy(desc(oauthGrants.connected_at), desc(oauthGrants.id))
    .limit(MOST_GRANTS);
  return rows.map((row) => ({ ...row, scopes: scopesForm.read(row.scopes) }));
}

/** Ends a grant and every token of it, in one statement; false when the person has none of this id. */
export async function deleteGrant(db: Db, of: GrantsOf, id: string): Promise<boolean> {
  const gone = await db
    .delete(oauthGrants)
    .where(and(within(of), idIs(oauthGrants.id, id)))
    .returning({ id: oauthGrants.id });
  return gone.length === 1;
}

/** The workspaces that a person can let a client into, the one they came to first first. */
export function listPlaces(db: Db, userId: UserId): Promise<{ id: WorkspaceId; name: string; role: Role }[]> {
  return db
    .select({ id: workspaces.id, name: workspaces.name, role: members.role })
    .from(members)
    .innerJoin(workspaces, eq(workspaces.id, members.workspace_id))
    .where(and(eq(members.user_id, userId), isNull(workspaces.deleted_at)))
    .orderBy(asc(members.created_at));
}

/** So many rows go at a time, so that no request waits for all that came together. */
const SWEPT_AT_A_TIME = 100;

/** Forgets tokens whose time is over, and clients that registered themselves long ago and nobody has let in. */
export async function sweepOAuth(db: Db, now: number): Promise<void> {
  const ended = new Date(now);
  const unused = new Date(now - limits.client_unused_seconds.value * 1000);
  const some = sql`LIMIT ${SWEPT_AT_A_TIME}`;
  const access = sql`(SELECT id FROM oauth_access_tokens WHERE expires_at < ${now} ${some})`;
  const refresh = sql`(SELECT id FROM oauth_refresh_tokens WHERE expires_at < ${now} ${some})`;
  const clients = sql`(SELECT id FROM oauth_clients WHERE created_at < ${unused.getTime()} AND client_discovery_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM oauth_grants WHERE oauth_grants.client_id = oauth_clients.client_id) ${some})`;
  await db.batch([
    db
      .delete(oauthAccessTokens)
      .where(and(lt(oauthAccessTokens.expiresAt, ended), sql`${oauthAccessTokens.id} IN ${access}`)),
    db
      .delete(oauthRefreshTokens)
      .where(and(lt(oauthRefreshTokens.expiresAt, ended), sql`${oauthRefreshTokens.id} IN ${refresh}`)),
    db.delete(oauthClients).where(sql`${oauthClients.id} IN ${clients}`),
  ]);
}
