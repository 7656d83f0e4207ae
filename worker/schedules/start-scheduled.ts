import type { Principal } from "#contract/access/access";
import type { WorkspaceId } from "#contract/ids";
import { admitRun, type AdmitDeps } from "../runs/service.ts";
import type { StartRequest } from "./schedule-book.ts";

/** Starts the run of one time of a schedule, on the version that is active now unless the schedule is pinned. */
export function startScheduled(
  deps: Omit<AdmitDeps, "workerObject">,
  { entry, key, apiUrl, admit }: StartRequest,
): Promise<string> {
  const principal: Principal = {
    kind: "token",
    workspace_id: entry.workspace_id as WorkspaceId,
    token_id: entry.trigger_id,
    scopes: ["runs:write"],
  };
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
