import { actorOf, triggerPrincipal } from "../access/principal.ts";
import { requireWorker } from "../catalog/require-worker.ts";
import type { AdmitRequest } from "../queue/queue-api.ts";
import { prepareRun } from "../runs/start/prepare-run.ts";
import type { PrepareDeps } from "../runs/start/prepare-run.ts";
import type { RunSpec } from "../runs/spec/run-spec.ts";
import type { DueStart } from "./scheduler.ts";

/** Prepares the run of one time of a schedule, on the version that is active now unless the schedule is pinned. */
export async function prepareScheduled(
  deps: PrepareDeps,
  { entry, key }: DueStart,
): Promise<AdmitRequest<RunSpec>> {
  const trigger = { id: entry.trigger_id, workspaceId: entry.workspace_id };
  const principal = triggerPrincipal(trigger, ["runs:write"]);
  const of = { name: entry.worker_name, version: entry.pinned_version, scope: "runs:write" as const };
  const found = await requireWorker(deps, principal, of);
  return prepareRun(deps, {
    found,
    requestedBy: actorOf(principal),
    coRequesters: entry.makers,
    request: {
      workerName: entry.worker_name,
      action: entry.action,
      inputs: entry.inputs,
      triggerSource: "schedule",
      triggerRef: entry.trigger_id,
      idempotencyKey: key,
    },
  });
}
