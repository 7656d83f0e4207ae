import type { alertRoutes } from "#contract/alerts/routes";
import type { RouteHandlers } from "../http/mount.ts";
import {
  createAlert,
  deleteAlert,
  getAlert,
  listAlerts,
  listDeliveries,
  listOutbox,
  redeliver,
  rotateAlertSecret,
  testAlert,
  updateAlert,
} from "./service.ts";
import type { AlertDeps } from "./service.ts";

export const alertHandlers: RouteHandlers<typeof alertRoutes, AlertDeps> = {
  listAlerts: (deps, { principal, params }) => listAlerts(deps, principal, params.worker),
  createAlert: (deps, { principal, params, json }) =>
    createAlert(deps, principal, { ...json, url: json.url, worker: params.worker }),
  getAlert: (deps, { principal, params }) => getAlert(deps, principal, params),
  updateAlert: (deps, { principal, params, json }) =>
    updateAlert(deps, principal, { place: params, change: json }),
  async deleteAlert(deps, { principal, params }) {
    await deleteAlert(deps, principal, params);
    return undefined;
  },
  rotateAlertSecret: (deps, { principal, params }) => rotateAlertSecret(deps, principal, params),
  testAlert: (deps, { principal, params }) => testAlert(deps, principal, params),
  listAlertDeliveries: (deps, { principal, params, query }) =>
    listDeliveries(deps, principal, { place: params, limit: query.limit }),
  redeliverAlert: (deps, { principal, params }) =>
    redeliver(deps, principal, { place: params, delivery: params.delivery }),
  listOutbox: (deps, { principal }) => listOutbox(deps, principal),
};
