import { and, asc, count, desc, eq, gt, isNull, ne, sql } from "drizzle-orm";
import type { Role } from "#contract/access/access";
import type { InvitedRole } from "#contract/members/member";
import type { InvitationId, UserId, WorkspaceId } from "#contract/ids";
import { limits } from "#contract/limits";
import type { Db } from "../../platform/db/client.ts";
import { idIs } from "../../platform/db/id-is.ts";
import {
  invitations,
  members,
  preferences,
  tokens,
  workerGrants,
  workspaces,
} from "../../platform/db/schema/access.ts";

export type MemberRow = typeof members.$inferSelect;
export type InvitationRow = typeof invitations.$inferSelect;

/** A member by whom and where; `userId` as somebody sent it. */
export interface MemberPlace {
  workspaceId: WorkspaceId;
  userId: string;
}

const MOST_MEMBERS = limits.workspace_members.value;

const isMember = ({ workspaceId, userId }: MemberPlace) =>
  and(eq(members.workspace_id, workspaceId), idIs(members.user_id, userId));

/** Who is in the workspace, the longest there first. */
export async function listMemberRows(db: Db, workspaceId: WorkspaceId): Promise<MemberRow[]> {
  const rows = await db
    .select()
    .from(members)
    .where(eq(members.workspace_id, workspaceId))
    .limit(MOST_MEMBERS);
  return rows.toSorted((a, b) => a.created_at - b.created_at);
}

export async function findMember(db: Db, place: MemberPlace): Promise<MemberRow | undefined> {
  const [row] = await db.select().from(members).where(isMember(place)).limit(1);
  return row;
}

/**
 * That the row is no owner's; or, asked by an owner, that there is another one. It is judged in the statement that
 * changes the row, so that of two changes at the same time one finds what the other has left.
 */
function mayLose(place: MemberPlace, byOwner: boolean) {
  const owners = sql`(SELECT count(*) FROM ${members} AS others WHERE others.workspace_id = ${place.workspaceId} AND others.role = 'owner')`;
  return byOwner ? sql`(${members.role} <> 'owner' OR ${owners} > 1)` : ne(members.role, "owner");
}

/** Gives a member another role; undefined, and nothing is changed, where it may not be, or there is no such member. */
export async function changeRole(
  db: Db,
  place: MemberPlace,
  change: { role: Role; byOwner: boolean },
): Promise<MemberRow | undefined> {
  const { role, byOwner } = change;
  const allowed = byOwner && role === "owner" ? undefined : mayLose(place, byOwner);
  const [row] = await db
    .update(members)
    .set({ role })
    .where(and(isMember(place), allowed))
    .returning();
  return row;
}

/** Removes a member with their grants and tokens there; false, and nothing is changed, where it may not be. */
export async function removeMemberRow(db: Db, place: MemberPlace, byOwner: boolean): Promise<boolean> {
  const { workspaceId, userId } = place;
  const isGone = sql`NOT EXISTS (SELECT 1 FROM ${members} WHERE ${isMember(place)})`;
  const [removed] = await db.batch([
    db
      .delete(members)
      .where(and(isMember(place), mayLose(place, byOwner)))
      .returning({ user_id: members.user_id }),
    db
      .delete(workerGrants)
      .where(and(eq(workerGrants.workspace_id, workspaceId), idIs(workerGrants.user_id, userId), isGone)),
    db.delete(tokens).where(and(eq(tokens.workspace_id, workspaceId), idIs(tokens.user_id, userId), isGone)),
    db
      .delete(preferences)
      .where(and(eq(preferences.workspace_id, workspaceId), idIs(preferences.actor, userId), isGone)),
  ]);
  return removed.length === 1;
}

/** Makes a member the owner and `from` an admin, both or neither; false where either is not what it must be. */
export async function transferRow(db: Db, to: MemberPlace, from: UserId | null): Promise<boolean> {
  const { workspaceId, userId } = to;
  const isThere = (user: string) =>
    sql`EXISTS (SELECT 1 FROM ${members} AS m WHERE m.workspace_id = ${workspaceId} AND m.user_id = ${user})`;
  const isOwner = sql`EXISTS (SELECT 1 FROM ${members} AS m WHERE m.workspace_id = ${workspaceId} AND m.user_id = ${from} AND m.role = 'owner')`;
  const changed = await db
    .update(members)
    .set({ role: sql`CASE ${members.user_id} WHEN ${userId} THEN 'owner' ELSE 'admin' END` })
    .where(
      and(
        eq(members.workspace_id, workspaceId),
        from === null ? idIs(members.user_id, userId) : sql`${members.user_id} IN (${userId}, ${from})`,
        isThere(userId),
        from === null ? undefined : isOwner,
      ),
    )
    .returning({ user_id: members.user_id });
  return changed.length > 0;
}

/** How many are in the workspace, and how many were asked to come and may still. */
export async function countPlaces(db: Db, workspaceId: WorkspaceId, now: number): Promise<[number, number]> {
  const [there, asked] = await db.batch([
    db.select({ count: count() }).from(members).where(eq(members.workspace_id, workspaceId)),
    db.select({ count: count() }).from(invitations).where(isOpen(workspaceId, now)),
  ]);
  return [there[0]?.count ?? 0, asked[0]?.count ?? 0];
}

const isOpen = (workspaceId: WorkspaceId, now: number) =>
  and(
    eq(invitations.workspace_id, workspaceId),
    isNull(invitations.accepted_at),
    gt(invitations.expires_at, now),
  );

/** The invitations that can still be taken up, newest first. */
export async function listInvitationRows(
  db: Db,
  workspaceId: WorkspaceId,
  now: number,
): Promise<InvitationRow[]> {
  return db
    .select()
    .from(invitations)
    .where(isOpen(workspaceId, now))
    .orderBy(desc(invitations.id))
    .limit(1000);
}

export interface NewInvitation {
  id: InvitationId;
  workspace_id: WorkspaceId;
  email: string;
  role: InvitedRole;
  hash: string;
  invited_by: string;
  created_at: number;
  expires_at: number;
}

/** Writes an invitation in the place of any of the same address. */
export async function putInvitation(db: Db, invitation: NewInvitation): Promise<void> {
  const { workspace_id, email } = invitation;
  await db.batch([
    db
      .delete(invitations)
      .where(
        and(
          eq(invitations.workspace_id, workspace_id),
          eq(invitations.email, email),
          isNull(invitations.accepted_at),
        ),
      ),
    db.insert(invitations).values(invitation),
  ]);
}

/** Deletes an invitation that nobody has taken up; false where there is none. */
export async function deleteInvitation(db: Db, workspaceId: WorkspaceId, id: string): Promise<boolean> {
  const gone = await db
    .delete(invitations)
    .where(
      and(
        eq(invitations.workspace_id, workspaceId),
        idIs(invitations.id, id),
        isNull(invitations.accepted_at),
      ),
    )
    .returning({ id: invitations.id });
  return gone.length === 1;
}

/**
 * Takes an invitation up, once, for the address it was sent to: the row is marked and the member written in one step.
 * Undefined where it cannot be. Whoever is a member already keeps their role.
 */
export async function acceptRow(
  db: Db,
  by: { hash: string; user_id: UserId; email: string; now: number },
): Promise<WorkspaceId | undefined> {
  const { hash, user_id, email, now } = by;
  const isKept = sql`EXISTS (SELECT 1 FROM ${workspaces} WHERE ${workspaces.id} = ${invitations.workspace_id} AND ${workspaces.deleted_at} IS NULL)`;
  const hasRoom = sql`(SELECT count(*) FROM ${members} WHERE ${members.workspace_id} = ${invitations.workspace_id}) < ${MOST_MEMBERS}`;
  const [taken] = await db.batch([
    db
      .update(invitations)
      .set({ accepted_at: now, accepted_by: user_id })
      .where(
        and(
          eq(invitations.hash, hash),
          eq(invitations.email, email),
          isNull(invitations.accepted_at),
          gt(invitations.expires_at, now),
          isKept,
          hasRoom,
        ),
      )
      .returning({ workspace_id: invitations.workspace_id }),
    db
      .insert(members)
      .select(
        db
          .select({
            workspace_id: invitations.workspace_id,
            user_id: sql`${user_id}`.as("user_id"),
            role: invitations.role,
            email: invitations.email,
            name: sql`NULL`.as("name"),
            created_at: sql`${now}`.as("created_at"),
            daily_spend_cap_usd: sql`NULL`.as("daily_spend_cap_usd"),
            monthly_spend_cap_usd: sql`NULL`.as("monthly_spend_cap_usd"),
          })
          .from(invitations)
          .where(
            and(
              eq(invitations.hash, hash),
              eq(invitations.accepted_by, user_id),
              eq(invitations.accepted_at, now),
            ),
          ),
      )
      .onConflictDoNothing(),
  ]);
  return taken[0]?.workspace_id;
}

/** A workspace that somebody is in. */
export interface WorkspaceOf {
  id: WorkspaceId;
  name: string;
  role: Role;
  created_at: number;
}

/** The workspaces that somebody is in, in the order they came to them. */
export async function listWorkspacesOf(db: Db, userId: UserId): Promise<WorkspaceOf[]> {
  return db
    .select({
      id: workspaces.id,
      name: workspaces.name,
      role: members.role,
      created_at: workspaces.created_at,
    })
    .from(members)
    .innerJoin(workspaces, eq(workspaces.id, members.workspace_id))
    .where(and(eq(members.user_id, userId), isNull(workspaces.deleted_at)))
    .orderBy(asc(members.created_at))
    .limit(1000);
}

/** The workspace, whoever is in it. */
export async function findWorkspaceRow(
  db: Db,
  id: WorkspaceId,
): Promise<Omit<WorkspaceOf, "role"> | undefined> {
  const [row] = await db.select().from(workspaces).where(eq(workspaces.id, id)).limit(1);
  return row;
}

export async function renameRow(db: Db, id: WorkspaceId, name: string): Promise<void> {
  await db.update(workspaces).set({ name }).where(eq(workspaces.id, id));
}
