import * as z from "zod";
import { defineRoute } from "../route.ts";
import {
  acceptInvitationSchema,
  changeMemberSchema,
  invitationSchema,
  inviteMemberSchema,
  madeInvitationSchema,
  memberSchema,
  nameWorkspaceSchema,
  setGrantsSchema,
  setVisibilitySchema,
  workerSharingSchema,
  workspaceSummarySchema,
} from "./member.ts";

const answer = <S extends z.ZodType>(schema: S, description: string) =>
  ({ kind: "json", status: 200, schema, description }) as const;
const gone = { kind: "empty", status: 204, description: "It is done." } as const;
const json = <S extends z.ZodType>(schema: S) =>
  ({ kind: "json", schema, limit: "json_body_bytes" }) as const;

const tag = "Members";

/** Who is in a workspace, who is asked to come, and which workspaces there are. */
export const memberRoutes = {
  listMembers: defineRoute({
    id: "listMembers",
    method: "GET",
    path: "/api/workspace/members",
    tag,
    summary: "List who is in the workspace",
    access: "workspace:read",
    answer: answer(z.array(memberSchema), "The members, the longest there first."),
    problems: [],
  }),
  inviteMember: defineRoute({
    id: "inviteMember",
    method: "POST",
    path: "/api/workspace/members",
    tag,
    summary: "Invite somebody by their e-mail address",
    description:
      "They become a member once they have taken the invitation up, signed in with that address. A second invitation of the same address takes the first one's place.",
    access: "members:write",
    body: json(inviteMemberSchema),
    answer: {
      kind: "json",
      status: 201,
      schema: madeInvitationSchema,
      description: "The invitation with its link.",
    },
    problems: ["already_member", "too_many_members"],
  }),
  changeMember: defineRoute({
    id: "changeMember",
    method: "PATCH",
    path: "/api/workspace/members/{member}",
    tag,
    summary: "Change somebody's role",
    description: "Only an owner makes an owner, or takes that from one.",
    access: "members:write",
    body: json(changeMemberSchema),
    answer: answer(memberSchema, "The member."),
    problems: ["not_found", "owner_only", "last_owner"],
  }),
  removeMember: defineRoute({
    id: "removeMember",
    method: "DELETE",
    path: "/api/workspace/members/{member}",
    tag,
    summary: "Remove somebody from the workspace",
    description: "Their tokens and grants there end at once. What they made stays.",
    access: "members:write",
    answer: gone,
    problems: ["not_found", "owner_only", "last_owner"],
  }),
  transferOwnership: defineRoute({
    id: "transferOwnership",
    method: "POST",
    path: "/api/workspace/members/{member}/transfer-owner",
    tag,
    summary: "Hand the workspace to another member",
    description: "They become an owner and you an admin, both or neither.",
    access: "workspace:own",
    answer: answer(memberSchema, "The new owner."),
    problems: ["not_found", "owner_only"],
  }),
  leaveWorkspace: defineRoute({
    id: "leaveWorkspace",
    method: "POST",
    path: "/api/workspace/leave",
    tag,
    summary: "Leave the workspace",
    access: "any",
    answer: gone,
    problems: ["account_only", "last_owner"],
  }),
  listInvitations: defineRoute({
    id: "listInvitations",
    method: "GET",
    path: "/api/workspace/invitations",
    tag,
    summary: "List the invitations that nobody has taken up",
    access: "members:write",
    answer: answer(z.array(invitationSchema), "The invitations, newest first."),
    problems: [],
  }),
  revokeInvitation: defineRoute({
    id: "revokeInvitation",
    method: "DELETE",
    path: "/api/workspace/invitations/{invitation}",
    tag,
    summary: "Take an invitation back",
    access: "members:write",
    answer: gone,
    problems: ["not_found"],
  }),
  acceptInvitation: defineRoute({
    id: "acceptInvitation",
    method: "POST",
    path: "/api/invitations/accept",
    tag,
    summary: "Take an invitation up",
    description: "As the account it was sent to, signed in, its address shown to be theirs.",
    access: "any",
    body: json(acceptInvitationSchema),
    answer: answer(workspaceSummarySchema, "The workspace."),
    problems: ["account_only", "invitation_invalid", "too_many_members"],
  }),
  listWorkspaces: defineRoute({
    id: "listWorkspaces",
    method: "GET",
    path: "/api/workspaces",
    tag,
    summary: "List the workspaces you are in",
    description:
      "Who is signed in acts in the one that the header `x-workeros-workspace` names, else in the first; a token in its own, and with the scope tokens:write it gets one for each of its person's.",
    access: "any",
    answer: answer(
      z.array(workspaceSummarySchema),
      "The workspaces; a token that is nobody's, or without the scope tokens:write, has its own alone.",
    ),
    problems: [],
  }),
  createWorkspace: defineRoute({
    id: "createWorkspace",
    method: "POST",
    path: "/api/workspaces",
    tag,
    summary: "Make a workspace that you own",
    access: "any",
    body: json(nameWorkspaceSchema),
    answer: { kind: "json", status: 201, schema: workspaceSummarySchema, description: "The workspace." },
    problems: ["account_only", "too_many_workspaces"],
  }),
  renameWorkspace: defineRoute({
    id: "renameWorkspace",
    method: "PATCH",
    path: "/api/workspace",
    tag,
    summary: "Give the workspace another name",
    access: "workspace:write",
    body: json(nameWorkspaceSchema),
    answer: answer(workspaceSummarySchema, "The workspace."),
    problems: [],
  }),
} as const;

const sharing = answer(workerSharingSchema, "Who sees the worker, and what was granted.");

/** Who sees one worker, may start it, or decides what it asks. */
export const grantRoutes = {
  getWorkerSharing: defineRoute({
    id: "getWorkerSharing",
    method: "GET",
    path: "/api/workers/{worker}/grants",
    tag,
    summary: "Say who sees a worker and what was granted",
    access: "workers:read",
    answer: sharing,
    problems: ["not_found"],
  }),
  setWorkerGrants: defineRoute({
    id: "setWorkerGrants",
    method: "PUT",
    path: "/api/workers/{worker}/grants/{member}",
    tag,
    summary: "Say what a member may do with a worker beyond their role",
    description:
      "`runner`: start its runs. `approver`: decide what they ask. Either shows them a private worker. For whoever made the worker, and admins.",
    access: "workers:write",
    body: json(setGrantsSchema),
    answer: sharing,
    problems: ["not_found", "maker_only"],
  }),
  setWorkerVisibility: defineRoute({
    id: "setWorkerVisibility",
    method: "PUT",
    path: "/api/workers/{worker}/visibility",
    tag,
    summary: "Show a worker to the whole workspace, or to few",
    description:
      "A private worker is seen by whoever made it, by those it is granted to and by admins. For whoever made the worker, and admins.",
    access: "workers:write",
    body: json(setVisibilitySchema),
    answer: sharing,
    problems: ["not_found", "maker_only"],
  }),
} as const;
