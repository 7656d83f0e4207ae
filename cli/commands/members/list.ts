import { ApiProblem } from "#contract/client";
import type { Invitation } from "#contract/members/member";
import { memberRoutes } from "#contract/members/routes";
import type { Api } from "../../api.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { listMembersSpec } from "./specs.ts";

/** Lists the members, and the open invitations for those who may see them. */
export const run: Run<typeof listMembersSpec> = async (context) => {
  const { output, json } = context;
  const api = await context.api();
  const members = await api.call(memberRoutes.listMembers);
  const invitations = await listInvitations(api);
  if (json) output.document({ members, invitations });
  else {
    output.table(
      ["MEMBER", "ROLE", "SINCE", "ID"],
      members.map((one) => [one.email, one.role, one.joined_at, one.user_id]),
    );
    for (const { email, role, expires_at } of invitations)
      output.note(`${email} is invited as ${role} until ${expires_at}.`);
  }
  return exitCodes.ok.code;
};

/** None for whoever may not see them. */
async function listInvitations(api: Api): Promise<Invitation[]> {
  try {
    return await api.call(memberRoutes.listInvitations);
  } catch (error) {
    if (error instanceof ApiProblem && error.problem.status === 403) return [];
    throw error;
  }
}
