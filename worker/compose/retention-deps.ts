import { deleteApprovalsOf, listAwaitedAskers } from "../approvals/expiry-store.ts";
import { chooseIdleVersions } from "../deploys/choose-idle-versions.ts";
import {
  deleteIdleVersion,
  deleteLeftovers,
  findBundleUse,
  findDigest,
  isWorkerThere,
  listVersionSizes,
  listWorkersAfter,
  loadVersionTimes,
} from "../deploys/expiry-store.ts";
import { firstIdAt } from "../platform/ids.ts";
import type { FilesToKeep, RetentionDeps, RunsToKeep, WorkersToKeep } from "../retention/retention-deps.ts";
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
import { USE_KNOWN_MS } from "../runs/start/upload-store.ts";
import { deleteUnusedUpload, listUnusedUploads, listUploadSizes } from "../uploads/expiry-store.ts";
import { findUpload } from "../uploads/store.ts";
import type { Host } from "./host.ts";

/** What a workspace's housekeeper finds and deletes things with: each room's own rows by that room's own store. */
export function retentionDeps(host: Host): RetentionDeps {
  return {
    clock: host.clock,
    findRetentionDays: (workspaceId) => findRetentionDays(host.db, workspaceId),
    runs: runsToKeep(host),
    workers: workersToKeep(host),
    files: filesToKeep(host),
  };
}

/** For whoever asks what is kept, and sets for how long. */
export function retentionServiceDeps(host: Host): RetentionServiceDeps {
  return {
    db: host.db,
    housekeeper: (workspaceId) => host.housekeeper(workspaceId),
    countRuns: (workspaceId, most) => countRuns(host.db, workspaceId, most),
    findOldestRunTime: (workspaceId) => findOldestRunTime(host.db, workspaceId),
    listVersionSizes: (workspaceId, most) => listVersionSizes(host.db, workspaceId, most),
    listUploadSizes: (workspaceId, most) => listUploadSizes(host.db, workspaceId, most),
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
    deleteLeftovers: (workerId) => deleteLeftovers(db, workerId),
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
      host.builds({ worker_id: workerId, bundle_digest: digest }).forget(),
    deleteDependencies: (of) => files.deleteDependencies(of),
    uploadUseExactMs: USE_KNOWN_MS,
    listUnusedUploads: (of) => listUnusedUploads(db, of),
    deleteUnusedUpload: (of) => deleteUnusedUpload(db, of),
    hasUpload: async ({ workspaceId, sha256 }) => (await findUpload(db, workspaceId, sha256)) !== undefined,
    uploadPutAt: (of) => files.uploadPutAt(of),
    deleteUpload: (of) => files.deleteUpload(of),
    deleteMails: ({ workspaceId, before, limit }) =>
      files.deleteMails({ workspaceId, firstKept: firstIdAt("dlv", before), limit }),
  };
}
