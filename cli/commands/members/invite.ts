import { inviteMemberSchema } from "#contract/members/member";
import { memberRoutes } from "#contract/members/routes";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { inviteMemberSpec } from "./specs.ts";

/** Invites somebody and shows the link, this once. */
export const run: Run<typeof inviteMemberSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const { email } = args;
  const asked = inviteMemberSchema.safeParse(
    options.role === undefined ? { email } : { email, role: options.role },
  );
  if (!asked.success) throw usageError("Write an e-mail address, and --role admin, editor or viewer.");
  const api = await context.api();
  const made = await api.call(memberRoutes.inviteMember, { json: asked.data });
  if (json) output.document(made);
  else {
    output.line(made.link);
    const mail = made.mailed ? "A mail with this link is on its way" : "Send this link";
    output.note(`${mail} to ${made.email}. It is good once, until ${made.expires_at}, and shown this once.`);
  }
  return exitCodes.ok.code;
};
