import type { workerRoutes } from "#contract/workers/routes";
import type { RouteHandlers } from "../http/mount.ts";
import { readBytes } from "../http/read-body.ts";
import {
  archiveWorker,
  createWorker,
  createWorkerFromBundle,
  deleteWorker,
  getSampleInput,
  listWorkers,
  openWorkerBundle,
  putWorkerBundle,
  replaceWorkerFiles,
  restoreWorker,
  setWorkerPaused,
  updateWorker,
  validateWorker,
} from "./service.ts";
import type { DeployDeps } from "./service.ts";
import { changeWorker } from "./change-worker.ts";
import { setWorkerFolder } from "./folders/set-worker-folder.ts";
import { getWorker } from "./show-worker.ts";
import { listVersions } from "./versions.ts";

export const workerHandlers: RouteHandlers<typeof workerRoutes, DeployDeps> = {
  listWorkers: (deps, { principal, query }) => listWorkers(deps, principal, query),
  createWorker: (deps, { principal, json }) => createWorker(deps, principal, json),
  createWorkerFromBundle: (deps, { principal, form }) => createWorkerFromBundle(deps, principal, form.bytes),
  validateWorker: (deps, { principal, json }) => validateWorker(deps, principal, json),
  async reloadWorkers(deps, { principal }) {
    const all = await listWorkers(deps, principal, { include_archived: true, include_system: true });
    return { status: "ok", workers_loaded: all.length };
  },
  setWorkerFolder: (deps, { principal, params, json }) =>
    setWorkerFolder(deps, principal, { name: params.worker, folder: json.folder }),
  changeWorker: (deps, { principal, params, json }) =>
    changeWorker(deps, principal, { name: params.worker, change: json }),
  getWorker: (deps, { principal, params }) => getWorker(deps, principal, params.worker),
  updateWorker: (deps, { principal, params, query, json }) =>
    updateWorker(deps, principal, { source: json, target: targetOf(params.worker, query) }),
  replaceWorkerFiles: (deps, { principal, params, query, json }) =>
    replaceWorkerFiles(deps, principal, {
      files: json.files,
      target: targetOf(params.worker, query),
    }),
  async putWorkerBundle(deps, { principal, params, query, context }) {
    const zip = await readBytes(context.request, "bundle_zip_bytes");
    return putWorkerBundle(deps, principal, { zip, target: targetOf(params.worker, query) });
  },
  async deleteWorker(deps, { principal, params, query }) {
    await deleteWorker(deps, principal, { name: params.worker, purge: query.purge });
    return undefined;
  },
  async downloadWorkerBundle(deps, { principal, params, query }) {
    const { number, file } = await openWorkerBundle(deps, principal, {
      name: params.worker,
      number: query.version,
    });
    return new Response(file.body, {
      headers: {
        "content-type": "application/zip",
        "content-length": String(file.size),
        "content-disposition": `attachment; filename="${params.worker}-v${number}.zip"`,
      },
    });
  },
  archiveWorker: (deps, { principal, params, json }) =>
    archiveWorker(deps, principal, { name: params.worker, reason: json.reason }),
  pauseWorker: (deps, { params, principal }) =>
    setWorkerPaused(deps, principal, { name: params.worker, paused: true }),
  resumeWorker: (deps, { params, principal }) =>
    setWorkerPaused(deps, principal, { name: params.worker, paused: false }),
  restoreWorker: (deps, { principal, params }) => restoreWorker(deps, principal, params.worker),
  listVersions: (deps, { principal, params, query }) =>
    listVersions(deps, principal, { name: params.worker, limit: query.limit }),
  getSampleInput: (deps, { principal, params }) => getSampleInput(deps, principal, params.worker),
};

function targetOf(
  workerName: string,
  {
    base_version: baseVersion,
    quarantine,
    activate,
  }: { base_version?: number | undefined; quarantine: boolean; activate: boolean },
) {
  return { workerName, baseVersion, quarantine, activate };
}
