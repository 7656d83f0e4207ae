import type { Role } from "#contract/access/access";
import type { Invitation, Member } from "#contract/members/member";
import type { userRoutes } from "#contract/users/routes";
import type { User } from "#contract/users/user";
import type { RouteHandlers } from "../../http/mount.ts";
import {
  changeMember,
  inviteMember,
  listInvitations,
  listMembers,
  removeMember,
  revokeInvitation,
} from "./service.ts";
import type { MemberDeps } from "./service.ts";

const userRoleOf = (role: Role): User["role"] => (role === "owner" || role === "admin" ? role : "member");

const describeMember = ({ user_id, email, name, role, joined_at }: Member): User => ({
  id: user_id,
  username: email,
  email,
  name,
  role: userRoleOf(role),
  workspace_role: role,
  status: "active",
  created_at: joined_at,
});

const describeInvited = ({ id, email, role, created_at }: Invitation): User => ({
  id,
  username: email,
  email,
  name: null,
  role: userRoleOf(role),
  workspace_role: role,
  status: "invited",
  created_at,
});

/** The same acts as those of members, in the words of the first Floom. */
export const userHandlers: RouteHandlers<typeof userRoutes, MemberDeps> = {
  listUsers: async (deps, { principal }) => {
    const [members, invited] = await Promise.all([
      listMembers(deps, principal),
      listInvitations(deps, principal),
    ]);
    return [...members.map(describeMember), ...invited.map(describeInvited)];
  },
  createUser: async (deps, { principal, json, context }) => {
    const asked = { email: json.email, role: "editor", origin: context.linkOrigin } as const;
    const { link, mailed, ...invitation } = await inviteMember(deps, principal, asked);
    return { ...describeInvited(invitation), link, mailed };
  },
  changeUser: async (deps, { principal, params, json }) => {
    const role = json.role === "member" ? await memberRole(deps, principal, params.member) : json.role;
    return describeMember(await changeMember(deps, principal, { userId: params.member, role }));
  },
  deleteUser: async (deps, { principal, params }) => {
    if (params.member.startsWith("inv_")) await revokeInvitation(deps, principal, params.member);
    else await removeMember(deps, principal, params.member);
    return new Response(null, { status: 204 });
  },
};

/** What somebody is who is to be a member: a viewer stays one. */
async function memberRole(
  deps: MemberDeps,
  principal: Parameters<typeof listMembers>[1],
  userId: string,
): Promise<"editor" | "viewer"> {
  const found = (await listMembers(deps, principal)).find((member) => member.user_id === userId);
  return found?.role === "viewer" ? "viewer" : "editor";
}
