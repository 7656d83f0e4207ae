import type { Principal, Scope } from "#contract/access/access";
import type { WorkspaceId } from "#contract/ids";

/** The trigger of a worker as the one that asks; it acts for its workspace, and may do no more than `scopes` say. Pure. */
export function triggerPrincipal(
  trigger: { id: string; workspaceId: WorkspaceId },
  scopes: readonly Scope[],
): Principal {
  return {
    kind: "trigger",
    id: trigger.id,
    workspace_id: trigger.workspaceId,
    scopes: [...scopes],
  };
}
