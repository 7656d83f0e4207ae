import { deleteAllEvaluations, deleteEvaluationsOfWorker } from "../evaluations/store.ts";
import pLimit from "p-limit";
import type { WorkspaceId } from "#contract/ids";
import { limits } from "#contract/limits";
import { beginDeletion, deleteWorkspaceRow, findDeletion } from "../access/store.ts";
import { deleteAllApprovals, deleteApprovalsOf, listAwaitedAskers } from "../approvals/expiry-store.ts";
import { measureStored } from "../contexts/change-store.ts";
import { deleteAllSessions, forgetSessionRuns } from "../work-sessions/store.ts";
import { deleteAllMessages, deleteMessagesOfRuns } from "../councils/store.ts";
import { deleteAllContexts, listContextRows } from "../contexts/store.ts";
import { chooseIdleVersions } from "../deploys/choose-idle-versions.ts";
import {
  archiveWorkers,
  deleteIdleVersion,
  deleteLeftovers,
  findBundleUse,
  findDigest,
  isWorkerThere,
  listDigests,
  listVersionSizes,
  listWorkersAfter,
  loadVersionTimes,
} from "../deploys/expiry-store.ts";
import { removeWorker } from "../deploys/store.ts";
import { firstIdAt } from "../platform/ids.ts";
import type {
  FilesToKeep,
  RetentionDeps,
  RunsToKeep,
  WorkersToKeep,
  WorkspaceToKeep,
} from "../retention/retention-deps.ts";
import type { RetentionServiceDeps } from "../retention/service.ts";
import { findRetentionDays } from "../retention/store.ts";
import {
  countRuns,
  deleteRunRows,
  findOldestRunTime,
  findOpenRuns,
  listHeldRuns,
  listRunFacts,
} from "../runs/record/expiry-store.ts";
import { deleteStartCount } from "../quotas/store.ts";
import { deleteAllSpend } from "../spend/store.ts";
import { USE_KNOWN_MS } from "../runs/start/upload-store.ts";
import {
  deleteAllUploads,
  deleteUnusedUpload,
  listUnusedUploads,
  listUploadSizes,
} from "../uploads/expiry-store.ts";
import { findUpload } from "../uploads/store.ts";
import { eraseConnections } from "../connections/service.ts";
import { deleteAllMemory, deleteMemoryOfWorker } from "../memory/store.ts";
import { deleteAllPreferences } from "../preferences/store.ts";
import { forgetOldValues } from "../secrets/service.ts";
import { deleteAllSecrets } from "../secrets/store.ts";
import { deleteAllShares, deleteSharesOfRuns, deleteSharesOfWorker } from "../shares/store.ts";
import { deleteAllTemplates } from "../templates/store.ts";
import { forgetMissedStarts } from "../triggers/missed-store.ts";
import { clearAudit, tidyAudit } from "../audit/expiry-service.ts";
import type { StorePlace } from "../store/store-api.ts";
import { auditDeps } from "./guard-deps.ts";
import { connectionDeps } from "./connections/connection-deps.ts";
import type { Host } from "./host.ts";

/** What a workspace's housekeeper finds and deletes things with: each room's own rows by that room's own store. */
export function retentionDeps(host: Host): RetentionDeps {
  return {
    clock: host.clock,
    findRetentionDays: (workspaceId) => findRetentionDays(host.db, workspaceId),
    runs: runsToKeep(host),
    workers: workersToKeep(host),
    files: filesToKeep(host),
    workspace: workspaceToKeep(host),
  };
}

/** For whoever asks what is kept, and sets for how long. */
export function retentionServiceDeps(host: Host): RetentionServiceDeps {
  return {
    db: host.db,
    housekeeper: (workspaceId) => host.housekeeper(workspaceId),
    begin: async (workspaceId, now) => {
      await beginDeletion(host.db, workspaceId, now);
      await archiveWorkers(host.db, workspaceId, now);
    },
    clock: host.clock,
    countRuns: (workspaceId, most) => countRuns(host.db, workspaceId, most),
    findOldestRunTime: (workspaceId) => findOldestRunTime(host.db, workspaceId),
    listVersionSizes: (workspaceId, most) => listVersionSizes(host.db, workspaceId, most),
    listUploadSizes: (workspaceId, most) => listUploadSizes(host.db, workspaceId, most),
    sumContexts: (workspaceId) => sumContexts(host, workspaceId),
    sumStores: (workspaceId) => sumStores(host, workspaceId),
  };
}

/** So many stores are asked for what they hold: each is an object of its own. */
const STORES_ASKED = 200;
const AT_ONCE = 10;

/** A workspace's contexts, with the bytes of all that their versions hold, each content counted once. */
async function sumContexts(
  host: Host,
  workspaceId: WorkspaceId,
): Promise<{ count: number; bytes: number; oldestAt: number | null }> {
  const rows = await listContextRows(host.db, workspaceId);
  const sizes = await pLimit(AT_ONCE).map(rows, async ({ id }) => (await measureStored(host.db, id)).bytes);
  return {
    count: rows.length,
    bytes: sizes.reduce((sum, bytes) => sum + bytes, 0),
    oldestAt: rows.length === 0 ? null : Math.min(...rows.map(({ created_at }) => created_at)),
  };
}

/** What the stores of a workspace and of its workers hold: keys, and the bytes of those that hold anything. */
async function sumStores(host: Host, workspaceId: WorkspaceId): Promise<{ count: number; bytes: number }> {
  const workers = await listWorkersAfter(host.db, { workspaceId, after: "", limit: STORES_ASKED - 1 });
  const places: StorePlace[] = [
    { kind: "workspace", workspace_id: workspaceId },
    ...workers.map(({ id }): StorePlace => ({ kind: "worker", worker_id: id })),
  ];
  const range = { prefix: "", after: null, limit: 1 };
  const usages = await pLimit(AT_ONCE).map(places, async (place) => {
    const { usage } = await host.store(place).list(range, { staged: null });
    return usage;
  });
  return {
    count: usages.reduce((sum, { entries }) => sum + entries, 0),
    bytes: usages.reduce((sum, { database_bytes }) => sum + database_bytes, 0),
  };
}

function runsToKeep(host: Host): RunsToKeep {
  const { db } = host;
  return {
    listFacts: (of) => listRunFacts(db, of),
    listAwaited: (workspaceId, ids) => listAwaitedAskers(db, workspaceId, ids),
    listHeld: (workspaceId, workerId) => listHeldRuns(db, workspaceId, workerId),
    findOpen: (workspaceId, ids) => findOpenRuns(db, workspaceId, ids),
    oldestTime: (workspaceId) => findOldestRunTime(db, workspaceId),
    cancel: async (runId) => {
      await host.run(runId).cancel();
    },
    forget: async (runId) => {
      if (!(await host.run(runId).forget())) return false;
      await host.files.deleteRun(runId);
      return true;
    },
    deleteRows: async (workspaceId, ids) => {
      await deleteApprovalsOf(db, workspaceId, ids);
      await deleteSharesOfRuns(db, ids);
      await deleteMessagesOfRuns(db, ids);
      await forgetSessionRuns(db, ids);
      await deleteRunRows(db, workspaceId, ids);
    },
  };
}

function workersToKeep(host: Host): WorkersToKeep {
  const { db } = host;
  return {
    listAfter: (of) => listWorkersAfter(db, of),
    isThere: (workerId) => isWorkerThere(db, workerId),
    listIdleVersions: async (workerId, cutoff) =>
      chooseIdleVersions(await loadVersionTimes(db, workerId), cutoff),
    findDigest: (workerId, number) => findDigest(db, workerId, number),
    deleteVersion: (workerId, number) => deleteIdleVersion(db, workerId, number),
    listDigests: (workerId) => listDigests(db, workerId),
    removeWorker: (workerId) => removeWorker(db, workerId),
    deleteLeftovers: async (workerId) => {
      await deleteSharesOfWorker(db, workerId);
      await deleteMemoryOfWorker(db, workerId);
      await deleteEvaluationsOfWorker(db, workerId);
      await deleteLeftovers(db, workerId);
    },
    eraseStore: (worker_id) => host.store({ kind: "worker", worker_id }).erase(),
    upkeep: (workerId) => host.worker(workerId).upkeep,
  };
}

function filesToKeep(host: Host): FilesToKeep {
  const { db, files } = host;
  return {
    findBundleUse: (of) => findBundleUse(db, of),
    bundlePutAt: (digest) => files.bundlePutAt(digest),
    deleteBundle: (digest) => files.deleteBundle(digest),
    forgetBuild: ({ workerId, digest }) =>
      host.builds({ kind: "dependencies", worker_id: workerId, bundle_digest: digest }).forget(),
    deleteDependencies: (of) => files.deleteDependencies(of),
    uploadUseExactMs: USE_KNOWN_MS,
    listUnusedUploads: (of) => listUnusedUploads(db, of),
    deleteUnusedUpload: (of) => deleteUnusedUpload(db, of),
    hasUpload: async ({ workspaceId, sha256 }) => (await findUpload(db, workspaceId, sha256)) !== undefined,
    uploadPutAt: (of) => files.uploadPutAt(of),
    deleteUpload: (of) => files.deleteUpload(of),
    deleteMails: ({ workspaceId, before, limit }) =>
      files.deleteMails({ workspaceId, firstKept: firstIdAt("dlv", before), limit }),
    deleteMailsAbout: (of) => files.deleteMailsAbout(of),
  };
}

function workspaceToKeep(host: Host): WorkspaceToKeep {
  const { db, files } = host;
  return {
    findDeletion: (workspaceId) => findDeletion(db, workspaceId),
    deleteSomeFiles: async (workspaceId) => {
      await deleteAllUploads(db, workspaceId);
      await deleteAllContexts(db, workspaceId);
      const gone = await Promise.all([
        clearAudit(auditDeps(host), workspaceId),
        files.deleteSomeUploads(workspaceId),
        files.deleteSomeMails(workspaceId),
        files.deleteSomeContextFiles(workspaceId),
        files.deleteImport(workspaceId, Number.POSITIVE_INFINITY).then(Number),
      ]);
      return gone.reduce((sum, count) => sum + count, 0);
    },
    eraseStore: (workspace_id) => host.store({ kind: "workspace", workspace_id }).erase(),
    eraseConnections: (workspaceId) => eraseConnections(connectionDeps(host), workspaceId),
    forgetOldSecrets: (workspaceId) => forgetOldValues(host, workspaceId),
    forgetOldArchives: async (workspaceId) => {
      const packedBefore = host.clock() - limits.context_archive_days.value * 86_400_000;
      for (const { id: contextId } of await listContextRows(db, workspaceId))
        await files.deleteOldContextArchives({ workspaceId, contextId }, packedBefore);
    },
    forgetOldImport: async (workspaceId) => {
      const keptMs = limits.import_kept_days.value * 86_400_000;
      await files.deleteImport(workspaceId, host.clock() - keptMs);
    },
    forgetMissedStarts: async (workspaceId, before) => {
      const oldest = Math.max(before, host.clock() - limits.missed_kept_seconds.value * 1000);
      await forgetMissedStarts(db, { workspaceId, before: firstIdAt("mis", oldest) });
    },
    tidyAudit: (workspaceId) => tidyAudit(auditDeps(host), workspaceId),
    deleteRows: async (workspaceId) => {
      await clearAudit(auditDeps(host), workspaceId);
      await deleteAllApprovals(db, workspaceId);
      await deleteAllTemplates(db, workspaceId);
      await deleteAllSecrets(db, workspaceId);
      await deleteAllContexts(db, workspaceId);
      await deleteAllShares(db, workspaceId);
      await deleteAllMemory(db, workspaceId);
      await deleteAllEvaluations(db, workspaceId);
      await deleteAllMessages(db, workspaceId);
      await deleteAllSessions(db, workspaceId);
      await deleteAllPreferences(db, workspaceId);
      await deleteAllSpend(db, workspaceId);
      await deleteStartCount(db, workspaceId);
      await deleteWorkspaceRow(db, workspaceId);
    },
  };
}
