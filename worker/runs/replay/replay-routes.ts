import type { callRoutes } from "#contract/calls/routes";
import type { replayRoutes } from "#contract/replay/routes";
import { readIdempotencyKey } from "../../http/idempotency.ts";
import type { RouteHandlers } from "../../http/mount.ts";
import type { RequestContext } from "../../http/request-context.ts";
import { callWorker, getCalledRun, listChildRuns } from "../calls/calls.ts";
import { compareRuns } from "./compare-runs.ts";
import { replayRun } from "./replay.ts";
import { answerStart, type RunRouteDeps } from "../routes.ts";

const fromRequest = (deps: RunRouteDeps, context: RequestContext, wait: number | undefined) => ({
  idempotencyKey: readIdempotencyKey(context.request),
  apiUrl: deps.publicUrl || context.origin,
  waitSeconds: wait ?? 0,
});

export const replayHandlers: RouteHandlers<typeof replayRoutes, RunRouteDeps> = {
  async replayRun(deps, { params, query, json, principal, context }) {
    const place = { runId: params.run, workerName: null, replay: json };
    const request = { ...place, ...fromRequest(deps, context, query.wait) };
    const { run, how } = await replayRun(deps, principal, request);
    return answerStart(run, how);
  },
  async replayWorkerRun(deps, { params, query, json, principal, context }) {
    const place = { runId: params.run, workerName: params.worker, replay: json };
    const request = { ...place, ...fromRequest(deps, context, query.wait) };
    const { run, how } = await replayRun(deps, principal, request);
    return answerStart(run, how);
  },
  compareRuns: (deps, { params, principal }) =>
    compareRuns(deps, principal, { a: params.run, b: params.other }),
  listChildRuns: (deps, { params, principal }) => listChildRuns(deps, principal, params.run),
};

export const callHandlers: RouteHandlers<typeof callRoutes, RunRouteDeps> = {
  async callWorker(deps, { params, json }) {
    return callWorker(deps, params.run, json);
  },
  getCalledRun: (deps, { params, query }) =>
    getCalledRun(deps, { runId: params.run, childId: params.child, waitSeconds: query.wait ?? 0 }),
};
