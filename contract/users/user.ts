import * as z from "zod";
import { roleSchema } from "../access/access.ts";
import { inviteMemberSchema } from "../members/member.ts";

/** A role in the words of the first Floom: a `member` is an editor or a viewer. */
export const userRoleSchema = z.enum(["owner", "admin", "member"]);

/** Somebody who is in the workspace, or is asked to come, in the words of the first Floom. */
export const userSchema = z.object({
  id: z.string().describe("Of the account; of the invitation, as long as nobody has taken it up."),
  username: z.string().describe("The e-mail address."),
  email: z.string(),
  name: z.string().nullable(),
  role: userRoleSchema,
  workspace_role: roleSchema,
  status: z.enum(["active", "invited"]),
  created_at: z.iso.datetime(),
});
export type User = z.infer<typeof userSchema>;

/** `link` is shown this once: its token is stored nowhere. */
export const madeUserSchema = userSchema.extend({
  link: z
    .string()
    .describe("To be sent to whoever it is for, if no mail goes to them. It is shown this once."),
  mailed: z.boolean().describe("Whether a mail with the link was handed to a mail provider."),
});

export const createUserSchema = z.strictObject({
  email: inviteMemberSchema.shape.email,
  role: z
    .enum(["member"])
    .default("member")
    .describe("Whoever is made this way is a member; change them once they have come."),
});

export const changeUserSchema = z.strictObject({ role: userRoleSchema.or(roleSchema) });
