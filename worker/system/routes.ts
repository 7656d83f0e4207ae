import type { platformRoutes } from "#contract/system/routes";
import { routes } from "#contract/routes";
import { getWorkspaceInfo } from "../access/service.ts";
import type { RouteHandlers } from "../http/mount.ts";
import { answerPlainPage } from "../http/plain-page.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import { buildDocsPage, style } from "./docs-page.ts";
import { requireWorker } from "../catalog/require-worker.ts";
import { buildOpenapi } from "./openapi.ts";
import { buildWorkerOpenapi } from "./worker-openapi.ts";
import { getHealth } from "./get-health.ts";

export interface SystemDeps {
  db: Db;
  clock: Clock;
  version: string;
  sandboxesConfigured: boolean;
}

export const systemHandlers: RouteHandlers<typeof platformRoutes, SystemDeps> = {
  getHealth: (deps) => getHealth(deps),
  async getOpenapi(deps, { context }) {
    return Response.json(buildOpenapi(routes, { version: deps.version, origin: context.linkOrigin }));
  },
  async getWorkerOpenapi(deps, { params, principal, context }) {
    const { worker, version } = await requireWorker(deps, principal, { name: params.worker });
    const described = { name: worker.name, version: version.number, manifest: version.manifest };
    return Response.json(buildWorkerOpenapi(described, context.linkOrigin));
  },
  async getDocs() {
    return answerPlainPage(buildDocsPage(routes), { style, status: 200 });
  },
  getWorkspaceInfo: (deps, { principal }) => getWorkspaceInfo(deps, principal),
};
