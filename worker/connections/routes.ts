import type { connectionRoutes } from "#contract/connections/routes";
import type { RouteHandlers } from "../http/mount.ts";
import {
  authorizeConnection,
  createConnection,
  deleteConnection,
  describeOwnClient,
  finishSignIn,
  getConnection,
  listConnections,
  listConnectionTools,
  patchConnection,
  pinConnectionTools,
  testConnection,
} from "./service.ts";
import type { ConnectionDeps } from "./service.ts";

export const connectionHandlers: RouteHandlers<typeof connectionRoutes, ConnectionDeps> = {
  listConnections: (deps, { principal }) => listConnections(deps, principal),
  createConnection: (deps, { principal, json }) => createConnection(deps, principal, json),
  getConnectionClient: async (deps) => describeOwnClient(deps),
  finishConnectionSignIn: (deps, { principal, query }) => finishSignIn(deps, principal, query),
  getConnection: (deps, { principal, params }) => getConnection(deps, principal, params.connection),
  patchConnection: (deps, { principal, params, json }) =>
    patchConnection(deps, principal, { ref: params.connection, change: json }),
  async deleteConnection(deps, { principal, params }) {
    await deleteConnection(deps, principal, params.connection);
    return undefined;
  },
  testConnection: (deps, { principal, params }) => testConnection(deps, principal, params.connection),
  listConnectionTools: (deps, { principal, params }) =>
    listConnectionTools(deps, principal, params.connection),
  pinConnectionTools: (deps, { principal, params, json }) =>
    pinConnectionTools(deps, principal, { ref: params.connection, tools: json.tools }),
  authorizeConnection: (deps, { principal, params }) =>
    authorizeConnection(deps, principal, params.connection),
};
