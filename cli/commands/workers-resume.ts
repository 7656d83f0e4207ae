import { workerRoutes } from "#contract/routes-workers";
import type { Run } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import type { resumeSpec } from "../specs/workers.ts";

/** Resumes a worker. */
export const run: Run<typeof resumeSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const worker = await api.call(workerRoutes.resumeWorker, { params: { worker: args.worker } });
  if (json) output.document(worker);
  else output.line(`Resumed ${worker.id}.`);
  return exitCodes.ok.code;
};
