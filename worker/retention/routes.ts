import type { retentionRoutes } from "#contract/retention/routes";
import type { RouteHandlers } from "../http/mount.ts";
import { changeSettings, deleteWorkspace, describeStorage, getSettings } from "./service.ts";
import type { RetentionServiceDeps } from "./service.ts";

export const retentionHandlers: RouteHandlers<typeof retentionRoutes, RetentionServiceDeps> = {
  getWorkspaceSettings: (deps, { principal }) => getSettings(deps, principal),
  changeWorkspaceSettings: (deps, { principal, json }) => changeSettings(deps, principal, json),
  deleteWorkspace: (deps, { principal, json }) => deleteWorkspace(deps, principal, json.confirm),
  getStorage: (deps, { principal }) => describeStorage(deps, principal),
};
