import type { callRoutes } from "#contract/calls/routes";
import type { RouteHandlers } from "../../http/mount.ts";
import { callWorker, getCalledRun } from "./calls.ts";
import type { CallDeps } from "./calls.ts";

export const callHandlers: RouteHandlers<typeof callRoutes, CallDeps> = {
  callWorker: (deps, { principal, json }) => callWorker(deps, principal, json),
  getCalledRun: (deps, { principal, params, query }) =>
    getCalledRun(deps, principal, { childId: params.child, waitSeconds: query.wait ?? 0 }),
};
