import type { versionRoutes } from "#contract/versions/routes";
import type { RouteHandlers } from "../http/mount.ts";
import type { DeployDeps } from "./service.ts";
import { activateVersion, diffVersions, getVersion, listActivations } from "./versions.ts";

export const versionHandlers: RouteHandlers<typeof versionRoutes, DeployDeps> = {
  getVersion: (deps, { principal, params }) =>
    getVersion(deps, principal, { name: params.worker, number: params.version }),
  diffVersions: (deps, { principal, params }) =>
    diffVersions(deps, principal, { name: params.worker, from: params.version, to: params.other }),
  activateVersion: (deps, { principal, params, json }) =>
    activateVersion(deps, principal, { ...json, name: params.worker, number: params.version }),
  rollbackWorker: (deps, { principal, params, json }) =>
    activateVersion(deps, principal, { ...json, name: params.worker, number: params.version }),
  listActivations: (deps, { principal, params }) => listActivations(deps, principal, params.worker),
};
