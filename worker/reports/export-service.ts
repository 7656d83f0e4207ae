// Owns the table of runs that people take away. Reads a part at a time, and never more than one export holds.
// Writes nothing.
import type { Principal } from "#contract/access/access";
import type { RunId } from "#contract/ids";
import type { RunStatus } from "#contract/runs/run";
import { hiddenWorkers } from "../access/policy.ts";
import type { Db } from "../platform/db/client.ts";
import { listByStatus } from "../runs/read/list-runs.ts";
import { findRunRows } from "../runs/record/store.ts";
import { exportRuns } from "./export-runs.ts";

const PART_RUNS = 500;

/** What narrows an export; times are ISO 8601. */
interface ExportFilter {
  worker_id?: string | undefined;
  status?: readonly RunStatus[] | undefined;
  since?: string | undefined;
  until?: string | undefined;
  /** Only runs before this one, newest first. */
  before_id?: RunId | undefined;
}

const epoch = (iso: string | undefined) => (iso === undefined ? undefined : Date.parse(iso));

/** The workspace's runs as CSV, newest first. */
export function exportList(deps: { db: Db }, principal: Principal, filter: ExportFilter): Response {
  const { status = [] } = filter;
  const place = {
    workspaceId: principal.workspace_id,
    hidden: hiddenWorkers(principal),
    workerName: filter.worker_id,
    since: epoch(filter.since),
    until: epoch(filter.until),
    limit: PART_RUNS,
  };
  return exportRuns(async (from: RunId | undefined) => {
    const before = from ?? filter.before_id;
    const { rows, rest } = await listByStatus(deps.db, { ...place, before }, status);
    return { runs: rows, rest: rows.length < PART_RUNS ? rest : (rows.at(-1)?.id ?? null) };
  });
}

/** The named runs as CSV, newest first; those that are not the workspace's are left out. */
export function exportChosen(deps: { db: Db }, principal: Principal, ids: readonly RunId[]): Response {
  return exportRuns(async () => {
    const found = await findRunRows(deps.db, principal.workspace_id, ids);
    const hidden = hiddenWorkers(principal);
    const seen = [...found.values()].filter(({ worker_id }) => !hidden.includes(worker_id));
    return { runs: seen.toSorted((a, b) => (a.id < b.id ? 1 : -1)), rest: null };
  });
}
