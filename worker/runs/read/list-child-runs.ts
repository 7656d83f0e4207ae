import type { Principal } from "#contract/access/access";
import type { RunSummary } from "#contract/runs/run";
import { hiddenWorkers } from "../../access/policy.ts";
import type { Db } from "../../platform/db/client.ts";
import { findRunRows } from "../record/store.ts";
import { requireRun } from "./read-run.ts";
import type { ReadDeps } from "./read-run.ts";

/** The runs that a run started by calling workers, in the order of the calls; those of one call, the oldest first. */
export async function listChildRuns(
  deps: ReadDeps & { db: Db },
  principal: Principal,
  runId: string,
): Promise<RunSummary[]> {
  const view = await requireRun(deps, principal, runId);
  const calls = await deps.runObject(runId).listCalls();
  const ids = calls.flatMap(({ earlier, run_id }) => [...earlier, run_id]);
  const rows = await findRunRows(deps.db, view.workspace_id, ids);
  const hidden = hiddenWorkers(principal);
  return ids.flatMap((id) => rows.get(id) ?? []).filter(({ worker_id }) => !hidden.includes(worker_id));
}
