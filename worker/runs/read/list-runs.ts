import type * as z from "zod";
import type { Principal } from "#contract/access/access";
import { runIdSchema } from "#contract/ids";
import type { listRunsQuerySchema, RunStatus, runPageSchema } from "#contract/runs/run";
import { hiddenWorkers } from "../../access/policy.ts";
import type { Db } from "../../platform/db/client.ts";
import { readPlace, takePage } from "../../platform/page.ts";
import { listRunRows } from "../record/store.ts";
import type { RunFilter, RunRows } from "../record/store.ts";

/** A page of the workspace's runs, newest first. */
export async function listRuns(
  deps: { db: Db },
  principal: Principal,
  query: z.output<typeof listRunsQuerySchema>,
): Promise<z.output<typeof runPageSchema>> {
  const filter = {
    workspaceId: principal.workspace_id,
    hidden: hiddenWorkers(principal),
    workerName: query.worker_id,
    since: query.since === undefined ? undefined : Date.parse(query.since),
    until: query.until === undefined ? undefined : Date.parse(query.until),
    before: readPlace(runIdSchema, query.cursor) ?? query.before_id,
    limit: query.offset + query.limit + 1,
  };
  const { rows, rest } = await listByStatus(deps.db, filter, query.status ?? []);
  const { page, next_cursor } = takePage(rows.slice(query.offset), query.limit, rest);
  return { runs: page, next_cursor };
}

/** Runs of any of these statuses, of every one where none is named: each by its own index, put together in order. */
export async function listByStatus(
  db: Db,
  filter: RunFilter,
  statuses: readonly RunStatus[],
): Promise<RunRows> {
  const [first, ...others] = statuses;
  if (others.length === 0) return listRunRows(db, { ...filter, status: first });
  const found = await Promise.all(statuses.map((status) => listRunRows(db, { ...filter, status })));
  return mergeRows(found, filter.limit);
}

/**
 * Lists of runs as one, newest first. Where one of them looked only so far back, none is followed further: older runs of
 * the others belong to the next page, behind what the short one has not found yet. Pure.
 */
export function mergeRows(lists: readonly RunRows[], limit: number): RunRows {
  const ends = lists.flatMap(({ rest }) => rest ?? []).toSorted();
  const rest = ends.at(-1) ?? null;
  const rows = lists
    .flatMap((list) => list.rows)
    .filter((run) => rest === null || run.id >= rest)
    .toSorted((a, b) => (a.id < b.id ? 1 : -1))
    .slice(0, limit);
  return { rows, rest: rows.length < limit ? rest : null };
}
