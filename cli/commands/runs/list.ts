import { runRoutes } from "#contract/runs/routes";
import { runStatusSchema } from "#contract/runs/run";
import type { RunSummary } from "#contract/runs/run";
import { limits } from "#contract/limits";
import { formatAgo, formatDuration } from "#contract/words";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { renderStatus } from "../../output/render-run.ts";
import type { listRunsSpec } from "./specs.ts";

const DEFAULT_LIMIT = 20;

/** Lists runs, reading as many pages as the limit needs. */
export const run: Run<typeof listRunsSpec> = async (context, { options }) => {
  const { output, host, json } = context;
  const api = await context.api();
  const wanted = options.limit ?? DEFAULT_LIMIT;
  const runs: RunSummary[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.call(runRoutes.listRuns, {
      query: {
        worker_id: options.worker,
        status: runStatusSchema.optional().parse(options.status),
        limit: Math.min(wanted - runs.length, limits.page_items.value),
        cursor,
      },
    });
    runs.push(...page.runs);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && runs.length < wanted);
  if (json) output.document({ runs, next_cursor: cursor ?? null });
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
