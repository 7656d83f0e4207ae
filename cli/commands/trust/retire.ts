import { versionRoutes } from "#contract/versions/routes";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { retireSpec } from "./specs.ts";

/** Takes a version out of use for good, after a question. */
export const run: Run<typeof retireSpec> = async (context, { args: params, options }) => {
  const { output, host, json } = context;
  const { worker, version: number } = params;
  if (!options.yes) {
    if (json || !host.stdin.isTerminal) throw usageError(`Retiring a version of ${worker} needs --yes here.`);
    const answer = await output.ask(`Take version ${number} of ${worker} out of use for good? [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) {
      output.note("Nothing was changed.");
      return exitCodes.ok.code;
    }
  }
  const api = await context.api();
  const version = await api.call(versionRoutes.retireVersion, { params });
  if (json) output.document(version);
  else output.line(`Version ${version.number} of ${worker} is retired: nothing runs it.`);
  return exitCodes.ok.code;
};
