import { memberRoutes } from "#contract/members/routes";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { findMember } from "./find-member.ts";
import type { transferSpec } from "./specs.ts";

/** Hands the workspace on after asking; without a terminal to ask at, --yes is demanded. */
export const run: Run<typeof transferSpec> = async (context, { args, options }) => {
  const { output, host, json } = context;
  if (!options.yes && (json || !host.stdin.isTerminal))
    throw usageError("Handing the workspace on needs --yes here.");
  const api = await context.api();
  const { user_id, email } = await findMember(api, args.member);
  const answer = options.yes ? "y" : await output.ask(`Make ${email} the owner, and you an admin? [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) {
    output.note("Nothing was changed.");
    return exitCodes.ok.code;
  }
  const owner = await api.call(memberRoutes.transferOwnership, { params: { member: user_id } });
  if (json) output.document(owner);
  else output.line(`${owner.email} is the owner now.`);
  return exitCodes.ok.code;
};
