import { workerRoutes } from "#contract/workers/routes";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { deleteSpec } from "./specs.ts";

/** Deletes a worker after asking; without a terminal to ask at, --yes is demanded. */
export const run: Run<typeof deleteSpec> = async (context, { args, options }) => {
  const { output, host, json } = context;
  if (!options.yes) {
    if (json || !host.stdin.isTerminal) throw usageError(`Deleting ${args.worker} needs --yes here.`);
    const answer = await output.ask(`Delete ${args.worker}? ${whatOfRuns(options.purge)} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) {
      output.note("Nothing was deleted.");
      return exitCodes.ok.code;
    }
  }
  const api = await context.api();
  await api.call(workerRoutes.deleteWorker, {
    params: { worker: args.worker },
    query: { purge: options.purge ? "true" : "false" },
  });
  if (json) output.document({ id: args.worker, deleted: true, purged: options.purge });
  else output.line(`Deleted ${args.worker}.`);
  return exitCodes.ok.code;
};

function whatOfRuns(purge: boolean): string {
  return purge
    ? "Its runs go with it, with their logs and files."
    : "The record of its runs stays until its time is over.";
}
