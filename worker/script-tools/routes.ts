import type { scriptToolRoutes } from "#contract/script-tools/routes";
import { readIdempotencyKey } from "../http/idempotency.ts";
import type { RouteHandlers } from "../http/mount.ts";
import { callForScript, executeForScript, listForScript } from "./service.ts";
import type { ScriptToolDeps } from "./service.ts";

export const scriptToolHandlers: RouteHandlers<typeof scriptToolRoutes, ScriptToolDeps> = {
  listRunConnections: (deps, { principal }) => listForScript(deps, principal),
  callRunConnection: (deps, { principal, params, json, context }) =>
    callForScript(deps, principal, {
      key: readIdempotencyKey(context.request),
      place: { connection: params.name, tool: params.tool },
      arguments: json.arguments,
    }),
  executeComposio: (deps, { principal, params, json, context }) =>
    executeForScript(deps, principal, {
      key: readIdempotencyKey(context.request),
      place: { app_tool: params.tool, account: json.connected_account_id ?? null },
      arguments: json.arguments,
    }),
};
