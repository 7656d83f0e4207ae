import { tokenRoutes } from "#contract/tokens/routes";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { deleteServiceSpec } from "./specs.ts";

/** Deletes a service account after asking; without a terminal to ask at, --yes is demanded. */
export const run: Run<typeof deleteServiceSpec> = async (context, { args, options }) => {
  const { output, host, json } = context;
  if (!options.yes) {
    if (json || !host.stdin.isTerminal) throw usageError(`Deleting ${args.name} needs --yes here.`);
    const answer = await output.ask(`Delete ${args.name} with all its tokens? [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) {
      output.note("Nothing was deleted.");
      return exitCodes.ok.code;
    }
  }
  const api = await context.api();
  await api.call(tokenRoutes.deleteServiceAccount, { params: { service_account: args.name } });
  if (json) output.document({ name: args.name, deleted: true });
  else output.line(`Deleted ${args.name}.`);
  return exitCodes.ok.code;
};
