import type { triggerRoutes } from "#contract/triggers/routes";
import type { RouteHandlers } from "../http/mount.ts";
import { getScheduleCalendar } from "./calendar-service.ts";
import type { CalendarDeps } from "./calendar-service.ts";
import { listMissedStarts } from "./missed-service.ts";
import {
  changeTrigger,
  createTrigger,
  deleteTrigger,
  getTrigger,
  listOccurrences,
  listTriggers,
  listWorkerTriggers,
  previewSchedule,
  testTrigger,
} from "./service.ts";
import type { TriggerDeps } from "./service.ts";

export const triggerHandlers: RouteHandlers<typeof triggerRoutes, TriggerDeps & CalendarDeps> = {
  listTriggers: (deps, { principal }) => listTriggers(deps, principal),
  listWorkerTriggers: (deps, { principal, params }) => listWorkerTriggers(deps, principal, params.worker),
  createTrigger: (deps, { principal, params, json }) =>
    createTrigger(deps, principal, { workerName: params.worker, request: json }),
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
  testTrigger: (deps, { principal, params, context }) =>
    testTrigger(deps, principal, { id: params.trigger, waitUntil: context.waitUntil }),
  listOccurrences: (deps, { principal, params, query }) =>
    listOccurrences(deps, principal, { id: params.trigger, limit: query.limit }),
  getScheduleCalendar: (deps, { principal, query }) => getScheduleCalendar(deps, principal, query),
  listMissedStarts: (deps, { principal, query }) => listMissedStarts(deps, principal, query),
  previewSchedule: async (deps, { query }) => previewSchedule(deps, query),
};
