import { workerRoutes } from "#contract/workers/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { resumeSpec } from "./specs.ts";

/** Resumes a worker. */
export const run: Run<typeof resumeSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const worker = await api.call(workerRoutes.resumeWorker, { params: { worker: args.worker } });
  if (json) output.document(worker);
  else output.line(`Resumed ${worker.id}.`);
  return exitCodes.ok.code;
};
