import type { UserId, WorkerId, WorkspaceId } from "#contract/ids";
import * as grants from "../../../worker/access/grants/store.ts";
import * as persons from "../../../worker/access/members/person-store.ts";
import * as people from "../../../worker/access/members/store.ts";
import type { Db } from "../../../worker/platform/db/client.ts";
import { newId } from "../../../worker/platform/ids.ts";

export const peopleStores: readonly object[] = [people, persons, grants];

/** Each function of the stores of members, invitations and grants, called once; `now` in epoch milliseconds. */
export function peopleQueries(of: {
  workspaceId: WorkspaceId;
  userId: UserId;
  workerId: WorkerId;
  now: number;
}): Record<string, (db: Db) => Promise<unknown>> {
  const { workspaceId, userId, workerId, now } = of;
  return {
    listMemberRows: (db) => people.listMemberRows(db, workspaceId),
    findMember: (db) => people.findMember(db, of),
    changeRole: (db) => people.changeRole(db, of, { role: "viewer", byOwner: true }),
    removeMemberRow: (db) => people.removeMemberRow(db, of, true),
    transferRow: (db) => people.transferRow(db, of, userId),
    countPlaces: (db) => people.countPlaces(db, workspaceId, now),
    listInvitationRows: (db) => people.listInvitationRows(db, workspaceId, now),
    putInvitation: (db) =>
      people.putInvitation(db, {
        id: newId("inv", now),
        workspace_id: workspaceId,
        email: "a@b.example",
        role: "viewer",
        hash: "h",
        invited_by: userId,
        created_at: now,
        expires_at: now,
      }),
    deleteInvitation: (db) => people.deleteInvitation(db, workspaceId, "inv_1"),
    acceptRow: (db) => people.acceptRow(db, { hash: "h", user_id: userId, email: "a@b.example", now }),
    listWorkspacesOf: (db) => people.listWorkspacesOf(db, userId),
    findWorkspaceRow: (db) => people.findWorkspaceRow(db, workspaceId),
    renameRow: (db) => people.renameRow(db, workspaceId, "N"),
    listGrantRows: (db) => grants.listGrantRows(db, workerId),
    putGrantRows: (db) => grants.putGrantRows(db, { ...of }, { kinds: ["runner"], by: userId, now }),
    setVisibilityRow: (db) => grants.setVisibilityRow(db, workerId, "private"),
    isInvited: (db) => persons.isInvited(db, "a@b.example", now),
    putFirstOwner: (db) =>
      persons.putFirstOwner(
        db,
        { id: workspaceId, name: "N", created_at: now },
        { user_id: userId, email: "a@b.example", name: "A" },
      ),
    listOwnedAlone: (db) => persons.listOwnedAlone(db, userId),
    forgetPerson: (db) => persons.forgetPerson(db, userId),
  };
}
