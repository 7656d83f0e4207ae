import { limits } from "#contract/limits";
import type { DeployDeps } from "../deploys/service.ts";
import { judgeGate, startEvaluation } from "../evaluations/service.ts";
import { GATE_KEY, listGateNotes } from "../evaluations/store.ts";
import { attempt } from "../platform/attempt.ts";
import { evaluationServiceDeps } from "./trust/evaluation-deps.ts";
import { rotateSecret } from "../hooks/delivery-service.ts";
import { findRecentStats } from "../reports/service.ts";
import { findLastRunRows, listRunRows } from "../runs/record/store.ts";
import { describeError, log } from "../platform/log.ts";
import { resolveMounts } from "../contexts/mount-service.ts";
import { reservePage } from "../shares/page-service.ts";
import { findMissingSecrets } from "../secrets/vault-service.ts";
import { findStoredSettings } from "../retention/store.ts";
import { findVariables } from "../variables/store.ts";
import { findBroken } from "../evaluations/impact-service.ts";
import { findTemplate } from "../templates/service.ts";
import { listWorkerTriggers } from "../triggers/service.ts";
import { findMissingConnections } from "../connections/resolve-service.ts";
import { liftRestraint } from "../anomalies/service.ts";
import { anomalyDeps } from "./trust/anomaly-deps.ts";
import type { Host } from "./host.ts";
import { hookDeps, triggerDeps } from "./trigger-deps.ts";

export function deployDeps(host: Host): DeployDeps {
  return {
    db: host.db,
    files: host.files,
    clock: host.clock,
    takeMark: host.takeMark,
    newId: host.newId,
    signingKey: host.config.signingKey,
    earlierSigningKeys: host.config.earlierSigningKeys,
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
    liftRestraint: (principal, workerId) => liftRestraint(anomalyDeps(host), principal, workerId),
    findLastRuns: (workspaceId, names) => findLastRunRows(host.db, workspaceId, names),
    listRecentRuns: async (workspaceId, workerName, limit) =>
      (await listRunRows(host.db, { workspaceId, workerName, limit })).rows,
    findRecentStats: (of) => findRecentStats(host, of),
    listTriggers: (principal, name) => listWorkerTriggers(triggerDeps(host), principal, name),
    rotateHookSecret: async (principal, workerName) => {
      const of = {
        hook: { workerName },
        overlapSeconds: limits.secret_overlap_seconds.value,
        secret: undefined,
      };
      return (await rotateSecret(hookDeps(host), principal, of)).secret;
    },
    gate: {
      listNotes: (workerId) => listGateNotes(host.db, workerId),
      judge: (of) => judgeGate(host, of),
      begin: async (principal, { worker, version }) => {
        const wish = { worker, version: version.number, key: `${GATE_KEY}${version.id}`, activates: true };
        const begun = await attempt(() => startEvaluation(evaluationServiceDeps(host), principal, wish));
        return begun.ok ? null : begun.refusal.message;
      },
    },
    findMissingContexts: async (workspaceId, wish) =>
      (await resolveMounts(host, workspaceId, { ...wish, inputs: null })).missing,
    findMissingConnections: (workspaceId, wish) => findMissingConnections(host, workspaceId, wish),
    findMissingSecrets: (workspaceId, wants) => findMissingSecrets(host, workspaceId, wants),
    findBroken: (principal, change) => findBroken({ db: host.db }, principal, change),
    findTemplate: (workspaceId, name) => findTemplate(host.db, workspaceId, name),
    reservePage: (worker) => reservePage(host, worker),
    findDefaults: async (workspaceId) => ({
      ...(await findStoredSettings(host.db, workspaceId)),
      variables: await findVariables(host.db, workspaceId),
    }),
    sandboxLifeSeconds: host.config.sandboxLimits.life_seconds,
  };
}
