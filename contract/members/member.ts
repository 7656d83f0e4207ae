import * as z from "zod";
import { invitationIdSchema, userIdSchema, workspaceIdSchema } from "../ids.ts";
import { roleSchema } from "../access/access.ts";
import { accessLimits } from "./limits.ts";

/** Somebody who is in a workspace. */
export const memberSchema = z.object({
  user_id: userIdSchema,
  email: z.string().describe("As it was when they came."),
  name: z.string().nullable(),
  role: roleSchema,
  joined_at: z.iso.datetime(),
});
export type Member = z.infer<typeof memberSchema>;

/** An owner is made by another owner, of a member; nobody is invited as one. */
export const invitedRoleSchema = roleSchema.exclude(["owner"]);
export type InvitedRole = z.infer<typeof invitedRoleSchema>;

export const inviteMemberSchema = z.strictObject({
  email: z.email().max(254).describe("Only the account of this address can take the invitation up."),
  role: invitedRoleSchema.default("editor"),
});

export const invitationSchema = z.object({
  id: invitationIdSchema,
  email: z.string(),
  role: invitedRoleSchema,
  invited_by: z.string(),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
});
export type Invitation = z.infer<typeof invitationSchema>;

/** `link` is shown this once: its token is stored nowhere. */
export const madeInvitationSchema = invitationSchema.extend({
  link: z
    .string()
    .describe("To be sent to whoever is invited, if no mail goes to them. It is shown this once."),
  mailed: z.boolean().describe("Whether a mail with the link was handed to a mail provider."),
});
export type MadeInvitation = z.infer<typeof madeInvitationSchema>;

export const acceptInvitationSchema = z.strictObject({
  token: z.string().max(200).describe("What stands behind the # of the link."),
});

export const changeMemberSchema = z.strictObject({ role: roleSchema });

/** A workspace as somebody who is in it sees it in their list. */
export const workspaceSummarySchema = z.object({
  id: workspaceIdSchema,
  name: z.string(),
  role: roleSchema,
  current: z.boolean().describe("Whether it is the one this request acts in."),
  created_at: z.iso.datetime(),
});
export type WorkspaceSummary = z.infer<typeof workspaceSummarySchema>;

export const nameWorkspaceSchema = z.strictObject({
  name: z.string().trim().min(1).max(accessLimits.workspace_name_characters.value),
});

export const grantKindSchema = z.enum(["runner", "approver"]);

/** What somebody may do with one worker beyond their role. */
export const workerGrantSchema = z.object({
  user_id: userIdSchema,
  email: z.string(),
  grants: z.array(grantKindSchema),
});
export type WorkerGrant = z.infer<typeof workerGrantSchema>;

export const setGrantsSchema = z.strictObject({
  grants: z
    .array(grantKindSchema)
    .max(2)
    .describe("All that they are to have; none takes away what they had."),
});

export const workerSharingSchema = z.object({
  visibility: z.enum(["private", "workspace"]),
  made_by: z
    .string()
    .nullable()
    .describe("The account, or the token that is nobody's; null where it is not known."),
  grants: z.array(workerGrantSchema),
});
export type WorkerSharing = z.infer<typeof workerSharingSchema>;

export const setVisibilitySchema = z.strictObject({ visibility: z.enum(["private", "workspace"]) });
