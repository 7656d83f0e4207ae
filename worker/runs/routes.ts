import type { runRoutes } from "#contract/runs/routes";
import type { toolCallRoutes } from "#contract/tool-calls/routes";
import type { runnerRoutes } from "#contract/runner/routes";
import { readCallMark } from "../http/call-mark.ts";
import { readIdempotencyKey } from "../http/idempotency.ts";
import type { RouteHandlers } from "../http/mount.ts";
import { downloadRun, openArtifact } from "./read/download.ts";
import { keepRunFile, takeJournal } from "./runner/intake.ts";
import type { IntakeDeps } from "./runner/intake.ts";
import { listRuns } from "./read/list-runs.ts";
import { listToolCalls } from "./read/list-tool-calls.ts";
import type { ToolCallDeps } from "./read/list-tool-calls.ts";
import { readLog } from "./read/read-log.ts";
import { getRun, requireRun } from "./read/read-run.ts";
import { answerStart } from "./start/answer-start.ts";
import { startRun } from "./start/start-run.ts";
import type { StartDeps } from "./start/start-run.ts";
import { cancelRun } from "./service.ts";
import { streamEvents } from "./read/stream.ts";

export const runHandlers: RouteHandlers<typeof runRoutes, StartDeps> = {
  async startRun(deps, { params, query, json, principal, context }) {
    const started = await startRun(deps, principal, {
      workerName: params.worker,
      version: null,
      action: json.action,
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
  listRuns: (deps, { query, principal }) => listRuns(deps, principal, query),
  getRun: (deps, { params, principal }) => getRun(deps, principal, params.run),
  async getRunLogs(deps, { params, query, principal }) {
    await requireRun(deps, principal, params.run);
    return readLog(deps, {
      runId: params.run,
      after: query.after ?? 0,
      limit: query.limit,
      level: query.level,
    });
  },
  async streamRunEvents(deps, { params, principal, context }) {
    const view = await requireRun(deps, principal, params.run);
    return streamEvents(deps, { runId: view.detail.id, request: context.request });
  },
  cancelRun: (deps, { params, principal }) => cancelRun(deps, principal, params.run),
  async listRunArtifacts(deps, { params, principal }) {
    return (await requireRun(deps, principal, params.run)).detail.artifacts;
  },
  async downloadArtifact(deps, { params, principal }) {
    await requireRun(deps, principal, params.run);
    return openArtifact(deps, params.run, params.artifact);
  },
  async downloadRun(deps, { params, principal, context }) {
    return downloadRun(deps, await getRun(deps, principal, params.run), context.waitUntil);
  },
};

export const toolCallHandlers: RouteHandlers<typeof toolCallRoutes, ToolCallDeps> = {
  listToolCalls: (deps, { params, query, principal }) =>
    listToolCalls(deps, principal, { runId: params.run, ...query }),
};

export const runnerHandlers: RouteHandlers<typeof runnerRoutes, IntakeDeps> = {
  postRunJournal: (deps, { principal, query, context }) =>
    takeJournal(deps, principal, { ...query, request: context.request }),
  putRunFile: (deps, { principal, query, context }) =>
    keepRunFile(deps, principal, { ...query, request: context.request }),
};
