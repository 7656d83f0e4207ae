// Owns the table of runs that people take away. Reads a part at a time, and never more than one export holds.
// Writes nothing.
import type { Principal } from "#contract/access/access";
import type { RunId } from "#contract/ids";
import type { RunStatus } from "#contract/runs/run";
import type { Db } from "../platform/db/client.ts";
import { findRunRows, listRunRows } from "../runs/record/store.ts";
import { exportRuns } from "./export-runs.ts";

const PART_RUNS = 500;

/** What narrows an export; times are ISO 8601. */
interface ExportFilter {
  worker_id?: string | undefined;
  status?: readonly RunStatus[] | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

const epoch = (iso: string | undefined) => (iso === undefined ? undefined : Date.parse(iso));

/** The workspace's runs as CSV, newest first. */
export function exportList(deps: { db: Db }, principal: Principal, filter: ExportFilter): Response {
  const { status = [] } = filter;
  const place = {
    workspaceId: principal.workspace_id,
    workerName: filter.worker_id,
    since: epoch(filter.since),
    until: epoch(filter.until),
    limit: PART_RUNS,
  };
  return exportRuns(async (before: RunId | undefined) => {
    // Several statuses are picked from all runs: a part is then short, or empty, and the next one follows.
    const [only] = status.length === 1 ? status : [];
    const { rows, rest } = await listRunRows(deps.db, { ...place, status: only, before });
    const last = rows.length < PART_RUNS ? rest : (rows.at(-1)?.id ?? null);
    const runs = status.length > 1 ? rows.filter((run) => status.includes(run.status)) : rows;
    return { runs, rest: last };
  });
}

/** The named runs as CSV, newest first; those that are not the workspace's are left out. */
export function exportChosen(deps: { db: Db }, principal: Principal, ids: readonly RunId[]): Response {
  return exportRuns(async () => {
    const found = await findRunRows(deps.db, principal.workspace_id, ids);
    return { runs: [...found.values()].toSorted((a, b) => (a.id < b.id ? 1 : -1)), rest: null };
  });
}
