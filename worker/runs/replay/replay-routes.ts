import type { replayRoutes } from "#contract/replay/routes";
import { readIdempotencyKey } from "../../http/idempotency.ts";
import type { RouteHandlers } from "../../http/mount.ts";
import type { RequestContext } from "../../http/request-context.ts";
import { listChildRuns } from "../read/list-child-runs.ts";
import { compareRuns } from "./compare-runs.ts";
import { replayRun } from "./replay.ts";
import type { ReplayDeps } from "./replay.ts";
import { answerStart } from "../start/answer-start.ts";

const fromRequest = (context: RequestContext, wait: number | undefined) => ({
  idempotencyKey: readIdempotencyKey(context.request),
  waitSeconds: wait ?? 0,
});

export const replayHandlers: RouteHandlers<typeof replayRoutes, ReplayDeps> = {
  async replayRun(deps, { params, query, json, principal, context }) {
    const place = { runId: params.run, workerName: null, replay: json };
    const request = { ...place, ...fromRequest(context, query.wait) };
    return answerStart(await replayRun(deps, principal, request));
  },
  async replayWorkerRun(deps, { params, query, json, principal, context }) {
    const place = { runId: params.run, workerName: params.worker, replay: json };
    const request = { ...place, ...fromRequest(context, query.wait) };
    return answerStart(await replayRun(deps, principal, request));
  },
  compareRuns: (deps, { params, principal }) =>
    compareRuns(deps, principal, { a: params.run, b: params.other }),
  listChildRuns: (deps, { params, principal }) => listChildRuns(deps, principal, params.run),
};
