import { workerRoutes } from "#contract/workers/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { restoreSpec } from "./specs.ts";

/** Brings an archived worker back. */
export const run: Run<typeof restoreSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const worker = await api.call(workerRoutes.restoreWorker, { params: { worker: args.worker } });
  if (json) output.document(worker);
  else output.line(`Restored ${worker.id}, version ${worker.version}.`);
  return exitCodes.ok.code;
};
