import type { ApprovalDeps } from "../approvals/service.ts";
import type { CouncilServiceDeps } from "../councils/service.ts";
import { resolveMounts } from "../contexts/mount-service.ts";
import { findRunWorker } from "../runs/record/store.ts";
import type { CallDeps } from "../runs/calls/calls.ts";
import type { ToolCallDeps } from "../runs/read/list-tool-calls.ts";
import type { IntakeDeps } from "../runs/runner/intake.ts";
import type { PrepareDeps } from "../runs/start/prepare-run.ts";
import type { ScriptToolDeps } from "../script-tools/service.ts";
import type { ReplayDeps } from "../runs/replay/replay.ts";
import type { StartDeps } from "../runs/start/start-run.ts";
import { countStart, uncountStart } from "../quotas/service.ts";
import type { QuotaDeps } from "../quotas/service.ts";
import { findTemplate } from "../templates/service.ts";
import { storeUpload } from "../uploads/service.ts";
import { findUnusualSpend } from "../anomalies/spend-service.ts";
import { findLeft, findWarnings, requireAffordable } from "../spend/service.ts";
import type { SpendDeps } from "../spend/service.ts";
import type { SpendPort } from "../runs/ports/spend.ts";
import { usdPerSecond } from "#contract/spend/run-cost";
import type { WorkSessionDeps } from "../work-sessions/service.ts";
import { vaultDeps } from "./secret-deps.ts";
import { findMissingSecrets, listValuesToMask } from "../secrets/vault-service.ts";
import { findMissingConnections } from "../connections/resolve-service.ts";
import type { Host } from "./host.ts";

/** For whoever asks what was spent, and sets what may be. */
export function spendDeps(host: Host): SpendDeps {
  return { db: host.db, clock: host.clock, defaultCaps: host.config.spendCaps };
}

/** For whoever asks how much a workspace may have, and sets it. */
export function quotaDeps(host: Host): QuotaDeps {
  return { db: host.db, clock: host.clock };
}

/** For runs, which ask what they may still spend. */
export function spendPort(host: Host): SpendPort {
  return {
    findLeft: (spender) => findLeft(spendDeps(host), spender),
    findWarnings: (spender) => findWarnings(spendDeps(host), spender),
    watch: async (run) => {
      const anomaly = await findUnusualSpend(host, run);
      if (anomaly !== null) await host.watch(run.workspaceId).raise(anomaly);
    },
  };
}

/** What a sandbox costs a second by the settings, in dollars. */
function sandboxPrice({ config }: Host): number {
  return usdPerSecond(config.prices);
}

export function prepareDeps(host: Host): PrepareDeps {
  return {
    db: host.db,
    files: host.files,
    clock: host.clock,
    publicUrl: host.publicUrl,
    signingKey: host.config.signingKey,
    earlierSigningKeys: host.config.earlierSigningKeys,
    sandboxLifeSeconds: host.config.sandboxLimits.life_seconds,
    usdPerSecond: sandboxPrice(host),
    countStart: (of) => countStart(host, of),
    uncountStart: (of) => uncountStart(host, of),
    requireAffordable: (spender) => requireAffordable(spendDeps(host), spender),
    newRunId: (nowMs) => host.newId("run", nowMs),
    findMissingSecrets: (workspaceId, wants) => findMissingSecrets(host, workspaceId, wants),
    findMissingConnections: (workspaceId, wish) => findMissingConnections(host, workspaceId, wish),
    resolveMounts: (workspaceId, wish) => resolveMounts(host, workspaceId, wish),
    findTemplate: (workspaceId, name) => findTemplate(host.db, workspaceId, name),
    storeUpload: (workspaceId, file) => storeUpload(host, workspaceId, file),
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
    ...(host.foreseen === undefined ? {} : { foreseen: host.foreseen }),
  };
}

/** For whoever runs something again that has ended. */
export function replayDeps(host: Host): ReplayDeps {
  return { ...startDeps(host), readPlan: (runId, attempt) => host.attempt(runId, attempt).readPlan() };
}

/** For whoever looks at what a run did to the world. */
export function toolCallDeps(host: Host): ToolCallDeps {
  return { ...startDeps(host), attempt: (runId, attempt) => host.attempt(runId, attempt) };
}

/** For whoever keeps a record of their work. */
export function workSessionDeps(host: Host): WorkSessionDeps {
  return { ...startDeps(host), newSessionId: () => host.newId("ses", host.clock()) };
}

/** For whoever looks at a council, or says something to it. */
export function councilDeps(host: Host): CouncilServiceDeps {
  return {
    ...startDeps(host),
    attempt: (runId, attempt) => host.attempt(runId, attempt),
    newMessageKey: () => host.newId("evt", host.clock()),
  };
}

/** For a script that calls tools. */
export function scriptToolDeps(host: Host): ScriptToolDeps {
  return {
    clock: host.clock,
    sleep: (ms) => host.sleep(ms),
    attempt: (runId, attempt) => host.attempt(runId, attempt),
    findWriter: (runId, from) => host.run(runId).findWriter(from),
  };
}

const valuesToMask =
  (host: Host): IntakeDeps["listValuesToMask"] =>
  (workspaceId, want) =>
    listValuesToMask(vaultDeps(host), workspaceId, want);

/** For a script that calls other workers. */
export function callDeps(host: Host): CallDeps {
  return { ...startDeps(host), listValuesToMask: valuesToMask(host) };
}

/** For the program inside a sandbox. */
export function intakeDeps(host: Host): IntakeDeps {
  return { files: host.files, runObject: (runId) => host.run(runId), listValuesToMask: valuesToMask(host) };
}

export function approvalDeps(host: Host): ApprovalDeps {
  return startDeps(host);
}
