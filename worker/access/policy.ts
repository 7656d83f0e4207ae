import type { Principal, Scope } from "#contract/access/access";

/** Anything that belongs to a workspace. */
export interface Resource {
  workspace_id: string;
}

/**
 * May `principal` do what `scope` allows to `resource`? Another workspace's things are out of reach whatever the
 * scopes are; callers answer both refusals as not found, so that a stranger cannot tell missing from forbidden.
 */
export function can(principal: Principal, scope: Scope, resource: Resource): boolean {
  return principal.workspace_id === resource.workspace_id && principal.scopes.includes(scope);
}
