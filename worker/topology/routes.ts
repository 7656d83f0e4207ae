import type { topologyRoutes } from "#contract/topology/routes";
import type { RouteHandlers } from "../http/mount.ts";
import type { Db } from "../platform/db/client.ts";
import { getTopology } from "./service.ts";

export const topologyHandlers: RouteHandlers<typeof topologyRoutes, { db: Db }> = {
  getTopology: (deps, { principal, query }) => getTopology(deps, principal, query),
};
