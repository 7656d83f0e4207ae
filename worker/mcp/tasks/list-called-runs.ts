import { runRoutes } from "#contract/runs/routes";
import type { RunSummary } from "#contract/runs/run";
import type { McpCaller } from "../caller.ts";

const PAGE = 50;

/** A page of the runs that calls over MCP have started, as far as the caller may read them, newest first. */
export async function listCalledRuns(
  caller: McpCaller,
  cursor: string | undefined,
): Promise<{ runs: RunSummary[]; next: string | null }> {
  const { worker } = caller.wish;
  const query = {
    limit: PAGE,
    ...(cursor === undefined ? {} : { cursor }),
    ...(worker === null ? {} : { worker_id: worker }),
  };
  const { runs, next_cursor: next } = await caller.api.call(runRoutes.listRuns, { query });
  return { runs: runs.filter(({ trigger_source: source }) => source === "mcp"), next };
}
