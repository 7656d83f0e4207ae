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
    setQueuePaused: (workerId, paused) => host.worker(workerId).queue.setPaused(paused),
    findLastRuns: (workspaceId, names) => findLastRunRows(host.db, workspaceId, names),
    listRecentRuns: (workspaceId, workerName, limit) =>
      listRunRows(host.db, { workspaceId, workerName, limit }),
    findMissingSecrets: host.secrets.findMissing,
  };
}
