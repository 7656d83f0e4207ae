import type { compatSystemRoutes } from "#contract/compat/routes";
import { getWorkspaceInfo } from "../access/service.ts";
import type { RouteHandlers } from "../http/mount.ts";
import { getHealth } from "./get-health.ts";
import type { SystemDeps } from "./routes.ts";

/** The version that the first Floom gave its API when its clients last changed. */
const ORIGINAL_API_VERSION = "0.2.0";

export const compatSystemHandlers: RouteHandlers<typeof compatSystemRoutes, SystemDeps> = {
  getHealthz: (deps) => getHealth(deps),
  async getSystemInfo(deps, { principal }) {
    const { workspace_id, workspace_name } = await getWorkspaceInfo(deps, principal);
    return {
      version: deps.version,
      api_version: ORIGINAL_API_VERSION,
      mode: "self-hosted",
      workspace_id,
      workspace_name,
      sandboxes: deps.sandboxesConfigured ? "configured" : "missing",
    };
  },
  async getMe(_deps, { principal }) {
    const owner = principal.kind === "token" && principal.owner;
    return {
      user_id: principal.id,
      username: owner ? "owner" : principal.id,
      email: null,
      role: owner ? "owner" : "member",
      auth_method: "token",
      workspace_id: principal.workspace_id,
    };
  },
};
