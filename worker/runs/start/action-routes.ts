import { actionsOf } from "#contract/actions/actions-of";
import type { actionRoutes } from "#contract/actions/routes";
import { requireWorker } from "../../catalog/require-worker.ts";
import { readCallMark } from "../../http/call-mark.ts";
import { readIdempotencyKey } from "../../http/idempotency.ts";
import type { RouteHandlers } from "../../http/mount.ts";
import { answerStart } from "./answer-start.ts";
import { startRun } from "./start-run.ts";
import type { StartDeps } from "./start-run.ts";

export const actionHandlers: RouteHandlers<typeof actionRoutes, StartDeps> = {
  async listActions(deps, { params, principal }) {
    const { version } = await requireWorker(deps, principal, { name: params.worker });
    return actionsOf(version.manifest);
  },
  async startAction(deps, { params, query, json, principal, context }) {
    const started = await startRun(deps, principal, {
      workerName: params.worker,
      version: null,
      action: params.action,
      inputs: json.inputs,
      triggerSource: json.trigger_source,
      triggerRef: readCallMark(context.request),
      idempotencyKey: readIdempotencyKey(context.request),
      priority: json.priority,
      ttlSeconds: json.ttl_seconds,
      waitSeconds: query.wait ?? 0,
    });
    return answerStart(started);
  },
};
