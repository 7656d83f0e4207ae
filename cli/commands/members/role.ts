import { changeMemberSchema } from "#contract/members/member";
import { memberRoutes } from "#contract/members/routes";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { findMember } from "./find-member.ts";
import type { setRoleSpec } from "./specs.ts";

/** Changes somebody's role. */
export const run: Run<typeof setRoleSpec> = async (context, { args }) => {
  const { output, json } = context;
  const asked = changeMemberSchema.safeParse({ role: args.role });
  if (!asked.success) throw usageError("A role is owner, admin, editor or viewer.");
  const api = await context.api();
  const { user_id } = await findMember(api, args.member);
  const changed = await api.call(memberRoutes.changeMember, {
    params: { member: user_id },
    json: asked.data,
  });
  if (json) output.document(changed);
  else output.line(`${changed.email} is ${changed.role}.`);
  return exitCodes.ok.code;
};
