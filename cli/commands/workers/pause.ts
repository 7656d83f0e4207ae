import { workerRoutes } from "#contract/workers/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { pauseSpec } from "./specs.ts";

/** Pauses a worker. */
export const run: Run<typeof pauseSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const worker = await api.call(workerRoutes.pauseWorker, { params: { worker: args.worker } });
  if (json) output.document(worker);
  else {
    output.line(
      `Paused ${worker.id}. Runs that wait go on waiting. Go on with: floom workers resume ${worker.id}`,
    );
  }
  return exitCodes.ok.code;
};
