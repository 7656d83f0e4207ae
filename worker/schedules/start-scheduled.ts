import { triggerPrincipal } from "../access/principal.ts";
import { admitRun, type AdmitDeps } from "../runs/service.ts";
import type { StartRequest } from "./schedule-book.ts";

/** Starts the run of one time of a schedule, on the version that is active now unless the schedule is pinned. */
export function startScheduled(
  deps: Omit<AdmitDeps, "workerObject">,
  { entry, key, apiUrl, admit }: StartRequest,
): Promise<string> {
  const trigger = { id: entry.trigger_id, workspaceId: entry.workspace_id };
  const principal = triggerPrincipal(trigger, ["runs:write"]);
  return admitRun({ ...deps, workerObject: () => ({ admit }) }, principal, {
    workerName: entry.worker_name,
    version: entry.pinned_version,
    inputs: entry.inputs,
    triggerSource: "schedule",
    triggerRef: entry.trigger_id,
    idempotencyKey: key,
    apiUrl,
  });
}
