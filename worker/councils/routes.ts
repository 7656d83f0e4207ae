import type { councilRoutes } from "#contract/councils/routes";
import type { RouteHandlers } from "../http/mount.ts";
import { getCouncil, tellCouncil } from "./service.ts";
import type { CouncilServiceDeps } from "./service.ts";

export const councilHandlers: RouteHandlers<typeof councilRoutes, CouncilServiceDeps> = {
  getCouncil: (deps, { principal, params, query }) => getCouncil(deps, principal, { ...params, ...query }),
  interveneInCouncil: (deps, { principal, params, json }) =>
    tellCouncil(deps, principal, {
      ...params,
      kind: "message",
      speaker: json.speaker ?? "audience",
      message: json.message,
      key: `message:${json.key ?? deps.newMessageKey()}`,
    }),
  stopCouncil: (deps, { principal, params, json }) =>
    tellCouncil(deps, principal, {
      ...params,
      kind: "stop",
      speaker: "audience",
      message: json?.reason ?? "",
      // A council is stopped once.
      key: "stop",
    }),
};
