import { workerRoutes } from "#contract/workers/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { archiveSpec } from "./specs.ts";

/** Archives a worker. */
export const run: Run<typeof archiveSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const api = await context.api();
  const worker = await api.call(workerRoutes.archiveWorker, {
    params: { worker: args.worker },
    json: options.reason === undefined ? {} : { reason: options.reason },
  });
  if (json) output.document(worker);
  else output.line(`Archived ${worker.id}. Bring it back with: floom workers restore ${worker.id}`);
  return exitCodes.ok.code;
};
