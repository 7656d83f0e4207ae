import { memberRoutes } from "#contract/members/routes";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { findMember } from "./find-member.ts";
import type { removeMemberSpec } from "./specs.ts";

/** Removes somebody after asking; without a terminal to ask at, --yes is demanded. */
export const run: Run<typeof removeMemberSpec> = async (context, { args, options }) => {
  const { output, host, json } = context;
  if (!options.yes && (json || !host.stdin.isTerminal))
    throw usageError(`Removing ${args.member} needs --yes here.`);
  const api = await context.api();
  const { user_id, email } = await findMember(api, args.member);
  const answer = options.yes ? "y" : await output.ask(`Remove ${email}? Their tokens end at once. [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) {
    output.note("Nobody was removed.");
    return exitCodes.ok.code;
  }
  await api.call(memberRoutes.removeMember, { params: { member: user_id } });
  if (json) output.document({ user_id, removed: true });
  else output.line(`Removed ${email}.`);
  return exitCodes.ok.code;
};
