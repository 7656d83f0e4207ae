import type { spendRoutes } from "#contract/spend/routes";
import type { RouteHandlers } from "../http/mount.ts";
import { getAccountSpend, getMemberCaps, getWorkspaceSpend, setMemberCaps } from "./service.ts";
import type { SpendDeps } from "./service.ts";

export const spendHandlers: RouteHandlers<typeof spendRoutes, SpendDeps> = {
  getAccountSpend: (deps, { principal }) => getAccountSpend(deps, principal),
  getWorkspaceSpend: (deps, { principal, query }) => getWorkspaceSpend(deps, principal, query),
  getMemberCaps: (deps, { principal, params }) => getMemberCaps(deps, principal, params.member),
  setMemberCaps: (deps, { principal, params, json }) =>
    setMemberCaps(deps, principal, { userId: params.member, caps: json }),
};
