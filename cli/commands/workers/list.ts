import { workerRoutes } from "#contract/workers/routes";
import type { WorkerSummary } from "#contract/workers/worker";
import { formatAgo } from "#contract/words";
import type { Run } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";
import { renderStatus } from "../../output/render-run.ts";
import type { listWorkersSpec } from "./specs.ts";

/** Lists the workspace's workers with their last runs. */
export const run: Run<typeof listWorkersSpec> = async (context, { options }) => {
  const { output, json } = context;
  const api = await context.api();
  const workers = await api.call(workerRoutes.listWorkers, {
    query: { include_archived: options.archived ? "true" : "false" },
  });
  if (json) output.document(workers);
  else if (workers.length === 0) output.note("No workers yet. Make one with: floom init my-worker");
  else {
    output.table(
      ["WORKER", "TITLE", "FOLDER", "VERSION", "TRIGGER", "LAST RUN"],
      workers.map((worker) => [
        worker.archived ? `${worker.id} ${output.style.dim("(archived)")}` : worker.id,
        worker.name,
        worker.folder ?? "",
        String(worker.version),
        worker.trigger_type,
        renderLastRun(context, worker),
      ]),
    );
  }
  return exitCodes.ok.code;
};

function renderLastRun({ output, host }: CommandContext, { last_run: last }: WorkerSummary): string {
  if (last === null) return output.style.dim("never");
  return `${renderStatus(last.status, output.style)} ${formatAgo(last.created_at, host.now())}`;
}
