import type { Member } from "#contract/members/member";
import { memberRoutes } from "#contract/members/routes";
import type { Api } from "../../api.ts";
import { CliError } from "../../cli-error.ts";

/** The member of this e-mail address or id. Fails as not found where there is none. */
export async function findMember(api: Api, named: string): Promise<Member> {
  const members = await api.call(memberRoutes.listMembers);
  const found = members.find(({ user_id, email }) => user_id === named || email === named.toLowerCase());
  if (found) return found;
  throw new CliError(`${named} is no member of this workspace.`, {
    exit: "notFound",
    code: "not_found",
    hint: "See who is: floom members list",
  });
}
