import type { ApprovalDeps } from "../approvals/service.ts";
import { findRunWorker } from "../runs/record/store.ts";
import type { IntakeDeps } from "../runs/runner/intake.ts";
import type { PrepareDeps } from "../runs/start/prepare-run.ts";
import type { StartDeps } from "../runs/start/start-run.ts";
import { findTemplate } from "../templates/service.ts";
import { findMissingSecrets } from "../secrets/vault-service.ts";
import type { Host } from "./host.ts";

export function prepareDeps(host: Host): PrepareDeps {
  return {
    db: host.db,
    files: host.files,
    clock: host.clock,
    publicUrl: host.publicUrl,
    sandboxLifeSeconds: host.config.sandboxLimits.life_seconds,
    newRunId: (nowMs) => host.newId("run", nowMs),
    findMissingSecrets: (workspaceId, wants) => findMissingSecrets(host, workspaceId, wants),
    findTemplate: (workspaceId, name) => findTemplate(host.db, workspaceId, name),
  };
}

/** For whoever starts runs and looks at them. */
export function startDeps(host: Host): StartDeps {
  return {
    ...prepareDeps(host),
    runObject: (runId) => host.run(runId),
    queue: (workerId) => host.worker(workerId).queue,
    findRunWorker: (workspaceId, runId) => findRunWorker(host.db, workspaceId, runId),
    sleep: (ms) => host.sleep(ms),
  };
}

/** For the program inside a sandbox. */
export function intakeDeps(host: Host): IntakeDeps {
  return { files: host.files, runObject: (runId) => host.run(runId) };
}

export function approvalDeps(host: Host): ApprovalDeps {
  const { signingKey, earlierSigningKeys } = host.config;
  return { ...startDeps(host), signingKey, earlierSigningKeys };
}
