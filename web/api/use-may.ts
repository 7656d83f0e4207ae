import type { Scope } from "#contract/access/access";
import { platformRoutes } from "#contract/system/routes";
import { useRead } from "./use-read.ts";

/**
 * Whether whoever looks may do what needs this scope. Until it is known, no: what somebody may not do is not offered. The
 * API judges every request itself; this decides alone what is shown.
 */
export function useMay(): (scope: Scope) => boolean {
  const info = useRead(platformRoutes.getWorkspaceInfo);
  const scopes = info.data?.principal.scopes ?? [];
  return (scope) => scopes.includes(scope);
}
