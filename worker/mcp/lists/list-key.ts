import type { Principal } from "#contract/access/access";
import type { McpCaller } from "../caller.ts";

/**
 * All of a caller that a list depends on, as one text: the workspace, what may be done there, where that differs from
 * worker to worker, and which tools the address asks for. Whoever has the same is shown the same. Pure.
 */
export function listKey({ principal, wish }: Pick<McpCaller, "principal" | "wish">): string {
  const { kind, workspace_id, scopes } = principal;
  return JSON.stringify([kind, workspace_id, scopes.toSorted(), reachOf(principal), wish]);
}

function reachOf(principal: Principal) {
  if (principal.kind === "link") return principal.worker_id;
  if (principal.kind === "run") return principal.id;
  return principal.kind === "trigger" ? null : principal.reach;
}
