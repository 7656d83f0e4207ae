import { secretRoutes } from "#contract/secrets/routes";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { deleteSecretSpec } from "./specs.ts";

/** Deletes a secret after asking; without a terminal to ask at, --yes is demanded. */
export const run: Run<typeof deleteSecretSpec> = async (context, { args, options }) => {
  const { output, host, json } = context;
  if (!options.yes) {
    if (json || !host.stdin.isTerminal) throw usageError(`Deleting ${args.secret} needs --yes here.`);
    const answer = await output.ask(
      `Delete ${args.secret}? Workers that declare it are refused then. [y/N] `,
    );
    if (!/^y(es)?$/i.test(answer.trim())) {
      output.note("Nothing was deleted.");
      return exitCodes.ok.code;
    }
  }
  const api = await context.api();
  await api.call(secretRoutes.deleteSecret, { params: { secret: args.secret } });
  if (json) output.document({ name: args.secret, deleted: true });
  else output.line(`Deleted ${args.secret}.`);
  return exitCodes.ok.code;
};
