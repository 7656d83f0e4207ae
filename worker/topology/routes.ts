import type { topologyRoutes } from "#contract/topology/routes";
import type { MarkTaker } from "../catalog/kept-by-mark.ts";
import type { RouteHandlers } from "../http/mount.ts";
import type { Db } from "../platform/db/client.ts";
import { getTopology } from "./service.ts";

export const topologyHandlers: RouteHandlers<typeof topologyRoutes, { db: Db } & MarkTaker> = {
  getTopology: (deps, { principal, query }) => getTopology(deps, principal, query),
};
