import type { grantRoutes } from "#contract/members/routes";
import type { RouteHandlers } from "../../http/mount.ts";
import { getSharing, setGrants, setVisibility } from "./service.ts";
import type { GrantDeps } from "./service.ts";

export const grantHandlers: RouteHandlers<typeof grantRoutes, GrantDeps> = {
  getWorkerSharing: (deps, { principal, params }) => getSharing(deps, principal, params.worker),
  setWorkerGrants: (deps, { principal, params, json }) =>
    setGrants(deps, principal, { worker: params.worker, userId: params.member, grants: json.grants }),
  setWorkerVisibility: (deps, { principal, params, json }) =>
    setVisibility(deps, principal, { worker: params.worker, visibility: json.visibility }),
};
