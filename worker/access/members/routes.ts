import type { memberRoutes } from "#contract/members/routes";
import type { RouteHandlers } from "../../http/mount.ts";
import {
  acceptInvitation,
  changeMember,
  createWorkspace,
  inviteMember,
  leaveWorkspace,
  listInvitations,
  listMembers,
  listWorkspaces,
  removeMember,
  renameWorkspace,
  revokeInvitation,
  transferOwnership,
} from "./service.ts";
import type { MemberDeps } from "./service.ts";

const done = () => new Response(null, { status: 204 });

export const memberHandlers: RouteHandlers<typeof memberRoutes, MemberDeps> = {
  listMembers: (deps, { principal }) => listMembers(deps, principal),
  inviteMember: (deps, { principal, json, context }) =>
    inviteMember(deps, principal, { ...json, origin: context.linkOrigin }),
  changeMember: (deps, { principal, params, json }) =>
    changeMember(deps, principal, { userId: params.member, role: json.role }),
  removeMember: (deps, { principal, params }) => removeMember(deps, principal, params.member).then(done),
  transferOwnership: (deps, { principal, params }) => transferOwnership(deps, principal, params.member),
  leaveWorkspace: (deps, { principal }) => leaveWorkspace(deps, principal).then(done),
  listInvitations: (deps, { principal }) => listInvitations(deps, principal),
  revokeInvitation: (deps, { principal, params }) =>
    revokeInvitation(deps, principal, params.invitation).then(done),
  acceptInvitation: (deps, { principal, json }) => acceptInvitation(deps, principal, json.token),
  listWorkspaces: (deps, { principal }) => listWorkspaces(deps, principal),
  createWorkspace: (deps, { principal, json }) => createWorkspace(deps, principal, json.name),
  renameWorkspace: (deps, { principal, json }) => renameWorkspace(deps, principal, json.name),
};
