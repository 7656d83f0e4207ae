import type { preferenceRoutes } from "#contract/preferences/routes";
import type { RouteHandlers } from "../http/mount.ts";
import { changePreferences, getPreferences } from "./service.ts";
import type { PreferenceDeps } from "./service.ts";

export const preferenceHandlers: RouteHandlers<typeof preferenceRoutes, PreferenceDeps> = {
  getPreferences: (deps, { principal }) => getPreferences(deps, principal),
  changePreferences: (deps, { principal, json }) => changePreferences(deps, principal, json),
};
