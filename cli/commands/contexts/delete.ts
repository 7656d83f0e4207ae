import { contextRoutes } from "#contract/contexts/routes";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { deleteContextSpec } from "./specs.ts";

/** Deletes a context after asking; without a terminal to ask at, --yes is demanded. */
export const run: Run<typeof deleteContextSpec> = async (context, { args, options }) => {
  const { output, host, json } = context;
  if (!options.yes) {
    if (json || !host.stdin.isTerminal) throw usageError(`Deleting ${args.context} needs --yes here.`);
    const answer = await output.ask(`Delete ${args.context} with all its versions? [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) {
      output.note("Nothing was deleted.");
      return exitCodes.ok.code;
    }
  }
  const api = await context.api();
  const query = { force: options.force ? ("true" as const) : ("false" as const) };
  await api.call(contextRoutes.deleteContext, { params: { context: args.context }, query });
  if (json) output.document({ name: args.context, deleted: true });
  else output.line(`Deleted ${args.context}.`);
  return exitCodes.ok.code;
};
