import type { platformRoutes } from "#contract/system/routes";
import { routes } from "#contract/routes";
import { getWorkspaceInfo } from "../access/service.ts";
import type { RouteHandlers } from "../http/mount.ts";
import { toIso } from "../platform/clock.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import { buildDocsPage } from "./docs-page.ts";
import { buildOpenapi } from "./openapi.ts";
import { pingDatabase } from "./store.ts";

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
  async getHealth(deps) {
    const database = (await pingDatabase(deps.db)) ? ("ok" as const) : ("failed" as const);
    return {
      status: database === "ok" ? "ok" : "degraded",
      version: deps.version,
      time: toIso(deps.clock()),
      checks: { database, sandboxes: deps.sandboxesConfigured ? "configured" : "missing" },
    };
  },
  async getOpenapi(deps, { context }) {
    return Response.json(buildOpenapi(routes, { version: deps.version, origin: context.linkOrigin }));
  },
  async getDocs() {
    return new Response(String(await buildDocsPage(routes)), { headers: pageHeaders });
  },
  getWorkspaceInfo: (deps, { principal }) => getWorkspaceInfo(deps, principal),
};
