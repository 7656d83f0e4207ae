// Owns what is done to a run that is there, whatever it is doing: it is cancelled.
// Never waits for a script and never writes a run's state: that is its RunObject's alone.
// Writes nothing itself. A start is runs/start's, a look at a run is runs/read's.
import type { Principal } from "#contract/access/access";
import { isTerminal } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import { completeDetail, requireRun } from "./read/read-run.ts";
import type { ReadDeps } from "./read/read-run.ts";

/** Cancels a run in whatever state it is; one that has ended stays as it ended. */
export async function cancelRun(deps: ReadDeps, principal: Principal, runId: string): Promise<RunDetail> {
  const view = await requireRun(deps, principal, runId);
  if (isTerminal(view.detail.status)) return completeDetail(deps, view);
  const cancelled = await deps.runObject(runId).cancel();
  return completeDetail(deps, cancelled ?? view);
}
