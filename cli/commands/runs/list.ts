import { runRoutes } from "#contract/runs/routes";
import { runStatusSchema } from "#contract/runs/run";
import { formatAgo, formatDuration } from "#contract/words";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { readPages } from "../../read-pages.ts";
import { renderStatus } from "../../output/render-run.ts";
import type { listRunsSpec } from "./specs.ts";

const DEFAULT_LIMIT = 20;

/** Lists runs. */
export const run: Run<typeof listRunsSpec> = async (context, { options }) => {
  const { output, host, json } = context;
  const api = await context.api();
  const status = runStatusSchema.optional().parse(options.status);
  const { items: runs, next_cursor } = await readPages(options.limit ?? DEFAULT_LIMIT, async (at) => {
    const page = await api.call(runRoutes.listRuns, {
      query: { worker_id: options.worker, status, ...at },
    });
    return { items: page.runs, next_cursor: page.next_cursor };
  });
  if (json) output.document({ runs, next_cursor });
  else if (runs.length === 0) output.note("No runs yet. Start one with: floom run <worker>");
  else {
    output.table(
      ["RUN", "WORKER", "STATUS", "STARTED", "TOOK", "ERROR"],
      runs.map((row) => [
        row.id,
        row.worker_id,
        renderStatus(row.status, output.style),
        formatAgo(row.created_at, host.now()),
        row.duration_ms === null ? "-" : formatDuration(row.duration_ms),
        row.error_code ?? "",
      ]),
    );
  }
  return exitCodes.ok.code;
};
