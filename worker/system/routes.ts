import type { platformRoutes } from "#contract/system/routes";
import { routes } from "#contract/routes";
import { getWorkspaceInfo } from "../access/service.ts";
import type { RouteHandlers } from "../http/mount.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import { buildDocsPage } from "./docs-page.ts";
import { buildOpenapi } from "./openapi.ts";
import { getHealth } from "./get-health.ts";

export interface SystemDeps {
  db: Db;
  clock: Clock;
  version: string;
  sandboxesConfigured: boolean;
}

const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
};

export const systemHandlers: RouteHandlers<typeof platformRoutes, SystemDeps> = {
  getHealth: (deps) => getHealth(deps),
  async getOpenapi(deps, { context }) {
    return Response.json(buildOpenapi(routes, { version: deps.version, origin: context.linkOrigin }));
  },
  async getDocs() {
    return new Response(String(await buildDocsPage(routes)), { headers: pageHeaders });
  },
  getWorkspaceInfo: (deps, { principal }) => getWorkspaceInfo(deps, principal),
};
