import type { oauthRoutes } from "#contract/oauth/routes";
import type { RouteHandlers } from "../http/mount.ts";
import {
  decideRequest,
  describeRequest,
  listConnectedClients,
  requireAccount,
  revokeConnectedClient,
} from "./service.ts";
import type { OAuthDeps } from "./service.ts";

export const oauthHandlers: RouteHandlers<typeof oauthRoutes, OAuthDeps> = {
  listConnectedClients: (deps, { principal }) => listConnectedClients(deps, principal),
  async revokeConnectedClient(deps, { principal, params }) {
    await revokeConnectedClient(deps, principal, params.client);
  },
  getClientRequest: (deps, { principal, query }) =>
    describeRequest(deps, requireAccount(principal).user_id, query.request),
  decideClientRequest: (deps, { principal, json, context }) =>
    decideRequest(deps, requireAccount(principal), { decision: json, browser: context.request }),
};
