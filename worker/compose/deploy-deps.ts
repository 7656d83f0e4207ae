import type { DeployDeps } from "../deploys/service.ts";
import { findLastRunRows, listRunRows } from "../runs/record/store.ts";
import { describeError, log } from "../platform/log.ts";
import type { Host } from "./host.ts";

export function deployDeps(host: Host): DeployDeps {
  return {
    db: host.db,
    files: host.files,
    clock: host.clock,
    newId: host.newId,
    schedules: (workerId) => host.worker(workerId).schedules,
    keepHouse: async (workspaceId) => {
      try {
        await host.housekeeper(workspaceId).open(workspaceId);
      } catch (error) {
        // The next push tries again; this one is done.
        log("warn", "retention.open_failed", { workspace_id: workspaceId, error: describeError(error) });
      }
    },
    clearWorker: (workspaceId, duty) => host.housekeeper(workspaceId).clearWorker(workspaceId, duty),
    endPatience: (workerId) => host.worker(workerId).queue.endPatience(),
    setQueuePaused: (workerId, paused) => host.worker(workerId).queue.setPaused(paused),
    findLastRuns: (workspaceId, names) => findLastRunRows(host.db, workspaceId, names),
    listRecentRuns: async (workspaceId, workerName, limit) =>
      (await listRunRows(host.db, { workspaceId, workerName, limit })).rows,
    findMissingSecrets: host.secrets.findMissing,
    sandboxLifeSeconds: host.config.sandboxLimits.life_seconds,
  };
}
