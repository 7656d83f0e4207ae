import type { versionRoutes } from "#contract/versions/routes";
import type { RouteHandlers } from "../http/mount.ts";
import { decideVersion, reviewVersion } from "./review/review-service.ts";
import { listQuarantine } from "./review/quarantine-service.ts";
import type { DeployDeps } from "./service.ts";
import { activateVersion, diffVersions, getVersion, listActivations } from "./versions.ts";

export const versionHandlers: RouteHandlers<typeof versionRoutes, DeployDeps> = {
  listQuarantine: (deps, { principal, query }) => listQuarantine(deps, principal, query),
  getVersion: (deps, { principal, params }) =>
    getVersion(deps, principal, { name: params.worker, number: params.version }),
  diffVersions: (deps, { principal, params }) =>
    diffVersions(deps, principal, { name: params.worker, from: params.version, to: params.other }),
  activateVersion: (deps, { principal, params, json }) =>
    activateVersion(deps, principal, { ...json, name: params.worker, number: params.version }),
  rollbackWorker: (deps, { principal, params, json }) =>
    activateVersion(deps, principal, { ...json, name: params.worker, number: params.version }),
  reviewVersion: (deps, { principal, params }) => reviewVersion(deps, principal, placeOf(params)),
  promoteVersion: (deps, { principal, params, json }) =>
    decideVersion(deps, principal, {
      ...placeOf(params),
      step: "promote",
      expectedDigest: json.expected_digest,
    }),
  rejectVersion: (deps, { principal, params, json }) =>
    decideVersion(deps, principal, { ...placeOf(params), step: "reject", reason: json.reason }),
  retireVersion: (deps, { principal, params }) =>
    decideVersion(deps, principal, { ...placeOf(params), step: "retire" }),
  listActivations: (deps, { principal, params }) => listActivations(deps, principal, params.worker),
};

function placeOf(params: { worker: string; version: string }) {
  return { name: params.worker, number: params.version };
}
