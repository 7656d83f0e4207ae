import type { anomalyRoutes } from "#contract/anomalies/routes";
import type { RouteHandlers } from "../http/mount.ts";
import { getAnomalyWatch, setAnomalyActions } from "./service.ts";
import type { AnomalyDeps } from "./service.ts";

export const anomalyHandlers: RouteHandlers<typeof anomalyRoutes, AnomalyDeps> = {
  getAnomalyWatch: (deps, { principal, params }) => getAnomalyWatch(deps, principal, params.worker),
  setAnomalyActions: (deps, { principal, params, json }) =>
    setAnomalyActions(deps, principal, { name: params.worker, actions: json }),
};
