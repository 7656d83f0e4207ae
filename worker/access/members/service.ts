// Owns who is in a workspace and what they are there, who is asked to come, and the list of somebody's workspaces.
// Never leaves a workspace without an owner, never lets anybody give what is above them, and never keeps the token of an
// invitation: its SHA-256 alone. Writes members, invitations, and the names of workspaces.
import type { Principal, Role } from "#contract/access/access";
import type {
  Invitation,
  InvitedRole,
  MadeInvitation,
  Member,
  WorkspaceSummary,
} from "#contract/members/member";
import type { UserId } from "#contract/ids";
import { formatLimit, limits } from "#contract/limits";
import { AppError, notFound } from "../../platform/app-error.ts";
import { toIso } from "../../platform/clock.ts";
import type { Clock } from "../../platform/clock.ts";
import { sha256Hex } from "../../platform/crypto.ts";
import type { Db } from "../../platform/db/client.ts";
import type { newId } from "../../platform/ids.ts";
import { actorOf } from "../principal.ts";
import { putWorkspace } from "../store.ts";
import {
  acceptRow,
  changeRole,
  countPlaces,
  deleteInvitation,
  findMember,
  findWorkspaceRow,
  listInvitationRows,
  listMemberRows,
  listWorkspacesOf,
  putInvitation,
  removeMemberRow,
  renameRow,
  transferRow,
} from "./store.ts";
import type { InvitationRow, MemberRow, WorkspaceOf } from "./store.ts";

export interface MemberDeps {
  db: Db;
  clock: Clock;
  newId: typeof newId;
  /** A secret that nobody can guess, for a link. */
  newLinkToken: () => string;
  /** Hands a mail to whoever sends them; false where nobody does. */
  sendMail: (mail: {
    id: string;
    workspaceId: string;
    to: string;
    subject: string;
    text: string;
  }) => Promise<boolean>;
}

const DAY_MS = 86_400_000;

const describeMember = ({ user_id, email, name, role, created_at }: MemberRow): Member => ({
  user_id,
  email,
  name,
  role,
  joined_at: toIso(created_at),
});

const describeInvitation = (row: Omit<InvitationRow, "accepted_at" | "accepted_by">): Invitation => ({
  id: row.id,
  email: row.email,
  role: row.role,
  invited_by: row.invited_by,
  created_at: toIso(row.created_at),
  expires_at: toIso(row.expires_at),
});

const isOwner = (principal: Principal) => principal.scopes.includes("workspace:own");

/** Whose account asks. Throws `account_only` where it is nobody's. */
function requirePerson(principal: Principal): UserId {
  const isPerson = principal.kind === "account" || principal.kind === "token";
  if (isPerson && principal.user_id !== null) return principal.user_id;
  throw new AppError("account_only", "A token that is nobody's is in its own workspace and in no other.");
}

export async function listMembers({ db }: MemberDeps, { workspace_id }: Principal): Promise<Member[]> {
  return (await listMemberRows(db, workspace_id)).map(describeMember);
}

/** Why a member could not be changed, told apart once they were not. */
async function explain(deps: MemberDeps, principal: Principal, userId: string): Promise<AppError> {
  const member = await findMember(deps.db, { workspaceId: principal.workspace_id, userId });
  if (!member) return notFound("member");
  if (!isOwner(principal)) return new AppError("owner_only", "Only an owner changes what an owner is.");
  return new AppError("last_owner", `${member.email} is the only owner of this workspace.`);
}

/** Gives a member another role. Throws `not_found`, `owner_only`, `last_owner`. */
export async function changeMember(
  deps: MemberDeps,
  principal: Principal,
  change: { userId: string; role: Role },
): Promise<Member> {
  const place = { workspaceId: principal.workspace_id, userId: change.userId };
  const byOwner = isOwner(principal);
  const mayGive = byOwner || change.role !== "owner";
  const row = mayGive ? await changeRole(deps.db, place, { role: change.role, byOwner }) : undefined;
  if (row) return describeMember(row);
  throw await explain(deps, principal, change.userId);
}

/** Removes a member, with their tokens and grants there. Throws `not_found`, `owner_only`, `last_owner`. */
export async function removeMember(deps: MemberDeps, principal: Principal, userId: string): Promise<void> {
  const place = { workspaceId: principal.workspace_id, userId };
  if (!(await removeMemberRow(deps.db, place, isOwner(principal))))
    throw await explain(deps, principal, userId);
}

/** The same for oneself. Throws `account_only`, `last_owner`. */
export async function leaveWorkspace(deps: MemberDeps, principal: Principal): Promise<void> {
  const place = { workspaceId: principal.workspace_id, userId: requirePerson(principal) };
  if (!(await removeMemberRow(deps.db, place, true)))
    throw new AppError("last_owner", "You are the only owner of this workspace.");
}

/** Hands the workspace on; whoever did is an admin then. Throws `not_found`. */
export async function transferOwnership(
  deps: MemberDeps,
  principal: Principal,
  userId: string,
): Promise<Member> {
  const place = { workspaceId: principal.workspace_id, userId };
  const isPerson = principal.kind === "account" || principal.kind === "token";
  const done = await transferRow(deps.db, place, isPerson ? principal.user_id : null);
  const member = done ? await findMember(deps.db, place) : undefined;
  if (!member) throw notFound("member");
  return describeMember(member);
}

/**
 * Asks somebody to come: the answer has the link, which a mail takes to them where mails are sent. Throws
 * `already_member`, `too_many_members`.
 */
export async function inviteMember(
  deps: MemberDeps,
  principal: Principal,
  request: { email: string; role: InvitedRole; origin: string },
): Promise<MadeInvitation> {
  const { workspace_id } = principal;
  const now = deps.clock();
  const email = request.email.toLowerCase();
  const there = await listMemberRows(deps.db, workspace_id);
  if (there.some((member) => member.email === email))
    throw new AppError("already_member", `${email} is a member of this workspace.`);

  await requireRoom(deps, principal, now);
  const token = deps.newLinkToken();
  const row = {
    id: deps.newId("inv", now),
    workspace_id,
    email,
    role: request.role,
    hash: await sha256Hex(token),
    invited_by: actorOf(principal),
    created_at: now,
    expires_at: now + limits.invitation_days.value * DAY_MS,
  };
  await putInvitation(deps.db, row);
  // Behind the #, so that it stands in no log of the ways there.
  const link = `${request.origin}/invite#${token}`;
  const workspace = await findWorkspaceRow(deps.db, workspace_id);
  const mailed = await deps.sendMail({
    id: row.id,
    workspaceId: workspace_id,
    to: email,
    subject: `You are invited to ${workspace?.name ?? "a workspace"} on Floom`,
    text: `Open this link within ${formatLimit("invitation_days")}, signed in as ${email}:\n\n${link}\n`,
  });
  return { ...describeInvitation(row), link, mailed };
}

async function requireRoom(deps: MemberDeps, { workspace_id }: Principal, now: number): Promise<void> {
  const [there, asked] = await countPlaces(deps.db, workspace_id, now);
  if (there < limits.workspace_members.value && asked < limits.workspace_invitations.value) return;
  const detail = `A workspace has at most ${formatLimit("workspace_members")} as members, and ${formatLimit("workspace_invitations")} as open invitations.`;
  throw new AppError("too_many_members", detail);
}

export async function listInvitations(deps: MemberDeps, { workspace_id }: Principal): Promise<Invitation[]> {
  return (await listInvitationRows(deps.db, workspace_id, deps.clock())).map(describeInvitation);
}

/** Throws `not_found`. */
export async function revokeInvitation(deps: MemberDeps, principal: Principal, id: string): Promise<void> {
  if (!(await deleteInvitation(deps.db, principal.workspace_id, id))) throw notFound("invitation");
}

/**
 * Takes an invitation up. Whoever is not signed in with the address it was sent to is told no more than that it cannot be:
 * throws `invitation_invalid`, and `account_only` for a token.
 */
export async function acceptInvitation(
  deps: MemberDeps,
  principal: Principal,
  token: string,
): Promise<WorkspaceSummary> {
  if (principal.kind !== "account")
    throw new AppError("account_only", "An invitation is taken up by whoever is signed in.");
  const { user_id, email } = principal;
  const invalid = new AppError(
    "invitation_invalid",
    "It was taken up, taken back, is over, or was sent to another address.",
  );
  if (email === null) throw invalid;
  const now = deps.clock();
  const joined = await acceptRow(deps.db, { hash: await sha256Hex(token), user_id, email, now });
  if (joined === undefined) throw invalid;
  const found = (await listWorkspacesOf(deps.db, user_id)).find(({ id }) => id === joined);
  if (!found) throw invalid;
  return describeWorkspace(principal, found);
}

const describeWorkspace = ({ workspace_id }: Principal, { id, name, role, created_at }: WorkspaceOf) => ({
  id,
  name,
  role,
  current: id === workspace_id,
  created_at: toIso(created_at),
});

/**
 * The workspaces of whoever asks. A token that may make tokens lists all of its person's, since it gets one for each; any
 * other has its own alone.
 */
export async function listWorkspaces(deps: MemberDeps, principal: Principal): Promise<WorkspaceSummary[]> {
  const reachesAll = principal.kind === "account" || principal.scopes.includes("tokens:write");
  const userId = reachesAll && "user_id" in principal ? principal.user_id : null;
  if (userId === null) return [await describeCurrent(deps, principal)];
  const all = await listWorkspacesOf(deps.db, userId);
  return all.map((one) => describeWorkspace(principal, one));
}

async function describeCurrent(deps: MemberDeps, principal: Principal): Promise<WorkspaceSummary> {
  const row = await findWorkspaceRow(deps.db, principal.workspace_id);
  if (!row) throw notFound("workspace");
  const role = principal.kind === "token" || principal.kind === "account" ? principal.role : null;
  return describeWorkspace(principal, { ...row, role: role ?? "viewer" });
}

/** Makes a workspace whose owner asks. Throws `account_only`, `too_many_workspaces`. */
export async function createWorkspace(
  deps: MemberDeps,
  principal: Principal,
  name: string,
): Promise<WorkspaceSummary> {
  const user_id = requirePerson(principal);
  if ((await listWorkspacesOf(deps.db, user_id)).length >= limits.person_workspaces.value)
    throw new AppError("too_many_workspaces", `You are in ${formatLimit("person_workspaces")} already.`);

  const now = deps.clock();
  const workspace = { id: deps.newId("wsp", now), name, created_at: now };
  const known = await findMember(deps.db, { workspaceId: principal.workspace_id, userId: user_id });
  await putWorkspace(deps.db, workspace, { user_id, email: known?.email ?? "", name: known?.name ?? null });
  return describeWorkspace(principal, { ...workspace, role: "owner" });
}

export async function renameWorkspace(
  deps: MemberDeps,
  principal: Principal,
  name: string,
): Promise<WorkspaceSummary> {
  await renameRow(deps.db, principal.workspace_id, name);
  return describeCurrent(deps, principal);
}
