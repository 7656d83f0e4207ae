import type { tokenRoutes } from "#contract/tokens/routes";
import type { RouteHandlers } from "../../http/mount.ts";
import {
  createServiceAccount,
  createToken,
  deleteServiceAccount,
  deleteToken,
  listServiceAccounts,
  listTokens,
  rotateToken,
} from "./service.ts";
import type { TokenDeps } from "./service.ts";
import { createWorkspaceToken } from "./workspace-token-service.ts";

export const tokenHandlers: RouteHandlers<typeof tokenRoutes, TokenDeps> = {
  listTokens: (deps, { principal }) => listTokens(deps, principal),
  createToken: (deps, { principal, json }) => createToken(deps, principal, json),
  async deleteToken(deps, { principal, params }) {
    await deleteToken(deps, principal, params.token);
    return undefined;
  },
  rotateToken: (deps, { principal, params, json }) =>
    rotateToken(deps, principal, { id: params.token, expires_in_days: json.expires_in_days }),
  createWorkspaceToken: (deps, { principal, params, identified }) =>
    createWorkspaceToken(deps, principal, { workspace: params.workspace, identified }),
  listServiceAccounts: (deps, { principal }) => listServiceAccounts(deps, principal),
  createServiceAccount: (deps, { principal, json }) => createServiceAccount(deps, principal, json),
  async deleteServiceAccount(deps, { principal, params }) {
    await deleteServiceAccount(deps, principal, params.service_account);
    return undefined;
  },
};
