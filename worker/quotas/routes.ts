import type { quotaRoutes } from "#contract/quotas/routes";
import type { RouteHandlers } from "../http/mount.ts";
import { getQuotas, setQuotas } from "./service.ts";
import type { QuotaDeps } from "./service.ts";

export const quotaHandlers: RouteHandlers<typeof quotaRoutes, QuotaDeps> = {
  getQuotas: (deps, { principal }) => getQuotas(deps, principal),
  setQuotas: (deps, { principal, params, json }) =>
    setQuotas(deps, principal, { workspace: params.workspace, quotas: json }),
};
