import type { patternRoutes } from "#contract/patterns/routes";
import type { reportRoutes } from "#contract/reports/routes";
import type { RouteHandlers } from "../http/mount.ts";
import { exportChosen, exportList } from "./export-service.ts";
import { buildMetrics, formatMetrics } from "./format-metrics.ts";
import {
  getOverview,
  getPatterns,
  getStats,
  getTimeseries,
  getWorkerStats,
  listAlerts,
  listWorkerLogs,
} from "./service.ts";
import type { ReportDeps } from "./service.ts";

const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export const reportHandlers: RouteHandlers<typeof reportRoutes, ReportDeps> = {
  getWorkerStats: (deps, { principal, params }) => getWorkerStats(deps, principal, params.worker),
  getWorkerTimeseries: (deps, { principal, params, query }) =>
    getTimeseries(deps, principal, { name: params.worker, days: query.days }),
  listWorkerLogs: (deps, { principal, params, query }) =>
    listWorkerLogs(deps, principal, {
      name: params.worker,
      level: query.level,
      since: query.since,
      limit: query.limit,
    }),
  exportRuns: async (deps, { principal, query }) => exportList(deps, principal, query),
  exportChosenRuns: async (deps, { principal, json }) => exportChosen(deps, principal, json.run_ids),
  getSystemOverview: (deps, { principal }) => getOverview(deps, principal),
  getStats: (deps, { principal }) => getStats(deps, principal),
  getSystemMetrics: (deps, { principal }) => getStats(deps, principal),
  listSystemAlerts: (deps, { principal }) => listAlerts(deps, principal),
  async getMetrics(deps, { principal }) {
    const text = formatMetrics(buildMetrics(await getStats(deps, principal), deps.version));
    return new Response(text, { headers: { "content-type": METRICS_TYPE } });
  },
};

export const patternHandlers: RouteHandlers<typeof patternRoutes, ReportDeps> = {
  getRunPatterns: (deps, { principal, query }) => getPatterns(deps, principal, query),
};
