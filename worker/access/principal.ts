import { allScopes } from "#contract/access/access";
import type { Principal, RunPrincipal, Scope } from "#contract/access/access";
import type { RunId, WorkspaceId } from "#contract/ids";

/** The owner's token in the settings: it may do everything that there is. Pure. */
export function ownerPrincipal(token: { id: string; workspaceId: WorkspaceId }): Principal {
  return {
    kind: "token",
    id: token.id,
    workspace_id: token.workspaceId,
    owner: true,
    user_id: null,
    role: "owner",
    scopes: [...allScopes],
  };
}

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

/**
 * Whose a trigger is: who made it, and who last changed what it starts. They asked for its runs as much as it did, and
 * where a worker says that a requester may not approve they may not either. Pure.
 */
export function listMakers(trigger: { made_by: string | null; changed_by: string | null }): string[] {
  return [...new Set([trigger.made_by, trigger.changed_by].filter((id) => id !== null))];
}

/** A run as the one that asks, by its own token. It has no scope: its routes are open to it because it is that run. Pure. */
export function runPrincipal(of: {
  run: RunId;
  workspace: WorkspaceId;
  attempt: number;
  launch: number;
}): RunPrincipal {
  const { run, workspace, attempt, launch } = of;
  return { kind: "run", id: run, workspace_id: workspace, attempt, launch, scopes: [] };
}
