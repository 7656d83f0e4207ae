import type * as z from "zod";
import type { Principal } from "#contract/access/access";
import { runIdSchema } from "#contract/ids";
import type { listRunsQuerySchema, runPageSchema } from "#contract/runs/run";
import type { Db } from "../../platform/db/client.ts";
import { readPlace, takePage } from "../../platform/page.ts";
import { listRunRows } from "../record/store.ts";

/** A page of the workspace's runs, newest first. */
export async function listRuns(
  deps: { db: Db },
  principal: Principal,
  query: z.output<typeof listRunsQuerySchema>,
): Promise<z.output<typeof runPageSchema>> {
  const { rows, rest } = await listRunRows(deps.db, {
    workspaceId: principal.workspace_id,
    workerName: query.worker_id,
    status: query.status,
    since: query.since === undefined ? undefined : Date.parse(query.since),
    until: query.until === undefined ? undefined : Date.parse(query.until),
    before: readPlace(runIdSchema, query.cursor),
    limit: query.limit + 1,
  });
  const { page, next_cursor } = takePage(rows, query.limit, rest);
  return { runs: page, next_cursor };
}
