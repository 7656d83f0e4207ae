import type { generateRoutes } from "#contract/generate/routes";
import type { RouteHandlers } from "../http/mount.ts";
import { generateWorker } from "./service.ts";
import type { GenerateDeps } from "./service.ts";

export const generateHandlers: RouteHandlers<typeof generateRoutes, GenerateDeps> = {
  generateWorker: (deps, { json }) => generateWorker(deps, json),
};
