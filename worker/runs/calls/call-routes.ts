import type { callRoutes } from "#contract/calls/routes";
import type { RouteHandlers } from "../../http/mount.ts";
import type { StartDeps } from "../start/start-run.ts";
import { callWorker, getCalledRun } from "./calls.ts";

export const callHandlers: RouteHandlers<typeof callRoutes, StartDeps> = {
  callWorker: (deps, { params, json }) => callWorker(deps, params.run, json),
  getCalledRun: (deps, { params, query }) =>
    getCalledRun(deps, { runId: params.run, childId: params.child, waitSeconds: query.wait ?? 0 }),
};
