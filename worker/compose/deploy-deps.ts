import type { DeployDeps } from "../deploys/service.ts";
import { findLastRunRows, listRunRows } from "../runs/record/store.ts";
import type { Host } from "./host.ts";

export function deployDeps(host: Host): DeployDeps {
  return {
    db: host.db,
    files: host.files,
    clock: host.clock,
    newId: host.newId,
    schedules: (workerId) => host.worker(workerId).schedules,
    setQueuePaused: (workerId, paused) => host.worker(workerId).queue.setPaused(paused),
    findLastRuns: (workspaceId, names) => findLastRunRows(host.db, workspaceId, names),
    listRecentRuns: (workspaceId, workerName, limit) =>
      listRunRows(host.db, { workspaceId, workerName, limit }),
    findMissingSecrets: host.secrets.findMissing,
    sandboxLifeSeconds: host.config.sandboxLimits.life_seconds,
  };
}
