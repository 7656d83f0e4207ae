// Owns what can be done with a schedule besides waiting for its time: it is started now, to see what it does.
// Never moves a schedule's times and never counts as one of them: those are the scheduler's, in the worker's object.
// Writes nothing itself; the run goes the way of every run.
import type { Principal } from "#contract/access/access";
import type { RunId } from "#contract/ids";
import type { Inputs } from "#contract/runs/run";
import { actorOf } from "../access/principal.ts";
import { requireWorker } from "../catalog/require-worker.ts";
import { admitRun } from "../runs/start/start-run.ts";
import type { AdmitDeps } from "../runs/start/start-run.ts";

/** Starts the run that a schedule would start now; throws what its run would be refused for. */
export async function startNow(
  deps: AdmitDeps,
  principal: Principal,
  schedule: {
    triggerId: string;
    workerName: string;
    pinnedVersion: number | null;
    action?: string | undefined;
    inputs: Inputs;
  },
): Promise<RunId> {
  const { workerName, pinnedVersion: version } = schedule;
  const found = await requireWorker(deps, principal, { name: workerName, version, scope: "runs:write" });
  const { runId } = await admitRun(deps, {
    found,
    requestedBy: actorOf(principal),
    request: {
      workerName,
      action: schedule.action,
      inputs: schedule.inputs,
      triggerSource: "schedule",
      triggerRef: schedule.triggerId,
      idempotencyKey: null,
    },
  });
  return runId;
}
