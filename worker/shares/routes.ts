import type { shareRoutes } from "#contract/shares/routes";
import type { RouteHandlers } from "../http/mount.ts";
import { AppError } from "../platform/app-error.ts";
import {
  createFileShare,
  createRunShare,
  createRunShareLink,
  createWorkerShare,
  createWorkerShareLink,
  deleteRunShareLink,
  deleteShare,
  deleteWorkerShareLink,
  getApp,
  listShares,
  setApp,
} from "./service.ts";
import type { ShareDeps } from "./service.ts";
import { keepVisitor, knowVisitor } from "./visitor-cookie-service.ts";
import {
  getSharedRun,
  getVisitorRun,
  nothingHere,
  openLink,
  openShare,
  requireUnspent,
  showWorker,
  startAsVisitor,
} from "./visitor-service.ts";
import type { VisitorDeps } from "./visitor-service.ts";
import type { Door } from "./door.ts";
import type { Principal } from "#contract/access/access";

export interface ShareRouteDeps extends ShareDeps, VisitorDeps {
  /** Makes a worker of the principal's workspace of what a door leads to; its name there. */
  copyWorker: (principal: Principal, door: Door) => Promise<string>;
}

const done = () => new Response(null, { status: 204 });

/** A link to a worker is good under that worker's name alone. Throws `not_found`. */
async function openNamed(deps: ShareRouteDeps, of: { token: string; worker: string }): Promise<Door> {
  const door = await openLink(deps, of.token);
  requireUnspent(door);
  const { id, name } = door.found.worker;
  if (of.worker !== name && of.worker !== id) throw nothingHere();
  return door;
}

export const shareHandlers: RouteHandlers<typeof shareRoutes, ShareRouteDeps> = {
  getApp: (deps, { principal, params }) => getApp(deps, principal, params.worker),
  setApp: (deps, { principal, params, json }) =>
    setApp(deps, principal, { name: params.worker, change: json }),
  createWorkerShare: (deps, { principal, params, json }) =>
    createWorkerShare(deps, principal, { worker: params.worker, wish: json }),
  createRunShare: (deps, { principal, params, json }) =>
    createRunShare(deps, principal, { run: params.run, wish: json }),
  createFileShare: (deps, { principal, params, json }) =>
    createFileShare(deps, principal, { context: params.context, wish: json }),
  listShares: (deps, { principal, query }) => listShares(deps, principal, query.worker),
  deleteShare: (deps, { principal, params }) => deleteShare(deps, principal, params.share).then(done),
  createWorkerShareLink: (deps, { principal, params, json }) =>
    createWorkerShareLink(deps, principal, { ...json, worker: params.worker }),
  deleteWorkerShareLink: (deps, { principal, params }) =>
    deleteWorkerShareLink(deps, principal, params.worker).then(done),
  listWorkerShareLinks: async (deps, { principal, params }) =>
    (await listShares(deps, principal, params.worker)).filter(({ kind }) => kind === "worker"),
  createRunShareLink: (deps, { principal, params, json }) =>
    createRunShareLink(deps, principal, { ...json, run: params.run }),
  deleteRunShareLink: (deps, { principal, params }) =>
    deleteRunShareLink(deps, principal, params.run).then(done),
  getPublicWorker: async (deps, { params, query }) =>
    showWorker(await openNamed(deps, { token: query.token, worker: params.worker })),
  async startPublicRun(deps, { params, json, context }) {
    const door = await openNamed(deps, { token: json.token, worker: params.worker });
    const known = await knowVisitor(context.request);
    const { inputs, action = null } = json;
    const runId = await startAsVisitor(deps, door, {
      visitor: known.visitor,
      readInputs: () => Promise.resolve(inputs),
      action,
      nonce: null,
    });
    return keepVisitor(Response.json({ run_id: runId }, { status: 202 }), known, { framed: false });
  },
  async getPublicRun(deps, { params, query, context }) {
    const { share, door } = await openShare(deps, query.token);
    if (share.kind === "run" && share.run_id === params.run) return getSharedRun(deps, share);
    if (door === null) throw nothingHere();
    const { visitor } = await knowVisitor(context.request);
    return getVisitorRun(deps, door, { visitor, runId: params.run });
  },
  async importShare(deps, { principal, json, context }) {
    const door = await openLink(deps, json.token);
    if (!door.allow_copy) throw new AppError("not_found", "There is nothing here to copy, or not any more.");
    const name = await deps.copyWorker(principal, door);
    return { worker_id: name, url: `${context.linkOrigin}/workers/${name}` };
  },
};
