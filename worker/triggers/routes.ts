import type { triggerRoutes } from "#contract/triggers/routes";
import type { RouteHandlers } from "../http/mount.ts";
import type { HookDeps } from "../hooks/hook-service.ts";
import { rotateSecret, testWebhook } from "../hooks/delivery-service.ts";
import {
  changeTrigger,
  createTrigger,
  deleteTrigger,
  getTrigger,
  listOccurrences,
  listTriggers,
  listWorkerTriggers,
  previewSchedule,
  requireTrigger,
  testTrigger,
  type TriggerDeps,
} from "./service.ts";

export const triggerHandlers: RouteHandlers<typeof triggerRoutes, TriggerDeps & HookDeps> = {
  listTriggers: (deps, { principal }) => listTriggers(deps, principal),
  listWorkerTriggers: (deps, { principal, params }) => listWorkerTriggers(deps, principal, params.worker),
  async createTrigger(deps, { principal, params, json }) {
    const made = await createTrigger(deps, principal, { workerName: params.worker, request: json });
    if (made.webhook === null || made.webhook.scheme === "none") return { ...made, secret: null };
    const hook = { triggerId: made.id };
    const { secret } = await rotateSecret(deps, principal, { hook, overlapSeconds: 0, secret: undefined });
    return { ...made, webhook: { ...made.webhook, secret_set: true }, secret };
  },
  getTrigger: (deps, { principal, params }) => getTrigger(deps, principal, params.trigger),
  changeTrigger: (deps, { principal, params, json }) =>
    changeTrigger(deps, principal, { id: params.trigger, change: json }),
  async deleteTrigger(deps, { principal, params }) {
    await deleteTrigger(deps, principal, params.trigger);
    return undefined;
  },
  pauseTrigger: (deps, { principal, params }) =>
    changeTrigger(deps, principal, { id: params.trigger, change: { paused: true } }),
  resumeTrigger: (deps, { principal, params }) =>
    changeTrigger(deps, principal, { id: params.trigger, change: { paused: false } }),
  async testTrigger(deps, { principal, params, context }) {
    const { id, type } = await requireTrigger(deps, principal, { id: params.trigger, scope: "runs:write" });
    if (type === "schedule") return testTrigger(deps, principal, { id, inputs: {} });
    const by = { apiUrl: deps.apiUrl, requestedBy: principal.id };
    return testWebhook(deps, id, { ...by, waitUntil: context.waitUntil });
  },
  listOccurrences: (deps, { principal, params, query }) =>
    listOccurrences(deps, principal, { id: params.trigger, limit: query.limit }),
  previewSchedule: async (deps, { query }) => previewSchedule(deps, query),
};
