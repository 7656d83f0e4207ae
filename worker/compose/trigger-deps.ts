import { firstWorkspaceId } from "../access/principal.ts";
import { resumeExternal } from "../approvals/resume-service.ts";
import type { HookDeps } from "../hooks/hook-service.ts";
import type { TriggerDeps } from "../triggers/service.ts";
import type { Host } from "./host.ts";
import { startDeps } from "./run-deps.ts";

export function hookDeps(host: Host): HookDeps {
  return {
    ...startDeps(host),
    boxKeys: host.config,
    homeWorkspace: firstWorkspaceId,
    newDeliveryId: (nowMs) => host.newId("dlv", nowMs),
    inbox: (workerId) => host.worker(workerId).inbox,
    resumeExternal: (worker, event) =>
      resumeExternal(
        { db: host.db, clock: host.clock, publicUrl: host.publicUrl, runObject: (runId) => host.run(runId) },
        worker,
        event,
      ),
  };
}

export function triggerDeps(host: Host): TriggerDeps {
  return {
    ...hookDeps(host),
    newId: host.newId,
    schedules: (workerId) => host.worker(workerId).schedules,
    linkOrigin: host.linkOrigin,
  };
}
