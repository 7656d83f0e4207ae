import { and, eq, gt, isNull, sql } from "drizzle-orm";
import type { UserId, WorkspaceId } from "#contract/ids";
import type { Db } from "../../platform/db/client.ts";
import {
  invitations,
  members,
  preferences,
  tokens,
  workerGrants,
  workspaces,
} from "../../platform/db/schema/access.ts";

/** Whether somebody has invited this address, and it has not been taken up. `now` is epoch milliseconds. */
export async function isInvited(db: Db, email: string, now: number): Promise<boolean> {
  const isOpen = and(
    eq(invitations.email, email.toLowerCase()),
    gt(invitations.expires_at, now),
    isNull(invitations.accepted_at),
  );
  const [row] = await db.select({ id: invitations.id }).from(invitations).where(isOpen).limit(1);
  return row !== undefined;
}

/** Makes a person an owner of a workspace, which is made where there is none yet. Repeatable. */
export async function putFirstOwner(
  db: Db,
  workspace: { id: WorkspaceId; name: string; created_at: number },
  person: { user_id: UserId; email: string; name: string },
): Promise<void> {
  const { id, created_at } = workspace;
  const owner = { workspace_id: id, role: "owner" as const, created_at, ...person };
  await db.batch([
    db.insert(workspaces).values(workspace).onConflictDoNothing(),
    db.insert(members).values(owner).onConflictDoNothing(),
  ]);
}

export interface OwnedAlone {
  id: WorkspaceId;
  name: string;
  /** Who is in it besides. */
  others: number;
}

/** The workspaces that this person owns and nobody else does. */
export async function listOwnedAlone(db: Db, userId: UserId): Promise<OwnedAlone[]> {
  const others = sql<number>`(SELECT count(*) FROM members AS other
    WHERE other.workspace_id = workspaces.id AND other.user_id <> ${userId})`;
  const otherOwners = sql<number>`(SELECT count(*) FROM members AS other
    WHERE other.workspace_id = workspaces.id AND other.user_id <> ${userId} AND other.role = 'owner')`;
  const rows = await db
    .select({ id: workspaces.id, name: workspaces.name, others, otherOwners })
    .from(members)
    .innerJoin(workspaces, eq(workspaces.id, members.workspace_id))
    .where(and(eq(members.user_id, userId), eq(members.role, "owner"), isNull(workspaces.deleted_at)));
  return rows.filter((row) => row.otherOwners === 0);
}

/** Takes a person out of every workspace, with their grants and their tokens there, in one step. */
export async function forgetPerson(db: Db, userId: UserId): Promise<void> {
  const theirs = sql`(SELECT workspace_id FROM members WHERE user_id = ${userId})`;
  await db.batch([
    db.delete(tokens).where(and(sql`${tokens.workspace_id} IN ${theirs}`, eq(tokens.user_id, userId))),
    db
      .delete(workerGrants)
      .where(and(sql`${workerGrants.workspace_id} IN ${theirs}`, eq(workerGrants.user_id, userId))),
    db
      .delete(preferences)
      .where(and(sql`${preferences.workspace_id} IN ${theirs}`, eq(preferences.actor, userId))),
    db.delete(members).where(eq(members.user_id, userId)),
  ]);
}
