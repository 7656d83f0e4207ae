import { allScopes } from "#contract/access/access";
import type { LinkPrincipal, Principal, RunPrincipal, Scope } from "#contract/access/access";
import { workspaceIdSchema } from "#contract/ids";
import type { RunId, WorkerId, WorkspaceId } from "#contract/ids";

/** The workspace that exists from the first start. */
export const firstWorkspaceId = workspaceIdSchema.parse("wsp_00000000000000000000000000");

/**
 * Whether somebody may do what concerns the whole server, of whatever workspace: whoever holds the owner's token of its
 * settings, and the owner of its first workspace where they are signed in. A token that they made may not, since it can
 * lie where programs read it. Pure.
 */
export function isServerOwner(principal: Principal): boolean {
  if (principal.kind === "token") return principal.owner;
  return (
    principal.kind === "account" && principal.role === "owner" && principal.workspace_id === firstWorkspaceId
  );
}

/** The owner's token in the settings: it may do everything that there is. Pure. */
export function ownerPrincipal(token: { id: string; workspaceId: WorkspaceId }): Principal {
  return {
    kind: "token",
    id: token.id,
    workspace_id: token.workspaceId,
    owner: true,
    user_id: null,
    role: "owner",
    reach: null,
    scopes: [...allScopes],
  };
}

/**
 * By whom something is asked for, made or decided: the person, whichever of their tokens they use, so that whoever asked
 * is known again when they decide; else the thing that asks. Pure.
 */
export function actorOf(principal: Principal): string {
  const isPerson = principal.kind === "token" || principal.kind === "account";
  return (isPerson ? principal.user_id : null) ?? principal.id;
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
 * Whoever follows the review link of an approval, which does not say who they are: it is named by the approval, never by
 * its token, and may do nothing but what the link is for. Pure.
 */
export function reviewPrincipal(link: { id: string; workspaceId: WorkspaceId }): Principal {
  return { kind: "link", id: link.id, workspace_id: link.workspaceId, worker_id: null, scopes: [] };
}

/**
 * Whoever came by a link, or by a public page: good for one worker of a workspace, and there for what `scope` says. Which
 * runs are theirs is for whoever lets them read one to say. Pure.
 */
export function linkPrincipal(
  link: { id: string; workspaceId: WorkspaceId; workerId: WorkerId },
  scope: "runs:read" | "runs:write",
): LinkPrincipal {
  return {
    kind: "link",
    id: link.id,
    workspace_id: link.workspaceId,
    worker_id: link.workerId,
    scopes: [scope],
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

/** Whether it is a client of MCP that asks, with what its person has granted to it. Pure. */
export function isAgent(principal: Principal): boolean {
  return principal.kind === "token" && principal.id.startsWith("ocl_");
}
