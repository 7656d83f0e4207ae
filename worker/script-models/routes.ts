import type { scriptModelRoutes } from "#contract/script-models/routes";
import type { RouteHandlers } from "../http/mount.ts";
import { askModel, askModels, embedTexts } from "./service.ts";
import type { ScriptModelDeps } from "./service.ts";

export const scriptModelHandlers: RouteHandlers<typeof scriptModelRoutes, ScriptModelDeps> = {
  askModel: (deps, { principal, json }) => askModel(deps, principal, json),
  askModels: (deps, { principal, json }) => askModels(deps, principal, json),
  embedTexts: (deps, { principal, json }) => embedTexts(deps, principal, json),
};
