import type { Principal, Scope, WorkerReach } from "#contract/access/access";
import { AppError } from "../platform/app-error.ts";
import { isAgent } from "./principal.ts";
import { scopesOfRole } from "#contract/access/roles";
import type { GrantKind } from "#contract/route";

/** Anything that belongs to a workspace; what belongs to a worker says to which, by its id, its name or both. */
export interface Resource {
  workspace_id: string;
  worker_id?: string;
  worker_name?: string;
}

/** The scope that a grant stands for, for its worker alone. */
const scopeOfGrant: Record<GrantKind, Scope> = { runner: "runs:write", approver: "approvals:decide" };

/**
 * May `principal` do what `scope` allows to `resource`? Another workspace's things, and those of a private worker of
 * somebody else, are out of reach whatever the scopes are; callers answer every refusal as not found, so that nobody can
 * tell missing from forbidden. Pure.
 */
export function can(principal: Principal, scope: Scope, resource: Resource): boolean {
  if (principal.workspace_id !== resource.workspace_id) return false;
  // Whoever came by a link is good for its worker alone, and never for what is no worker's.
  if (principal.kind === "link" && principal.worker_id !== resource.worker_id) return false;
  const reach = reachOf(principal);
  if (reach?.hidden.some((worker) => isSame(worker, resource))) return false;
  return (
    principal.scopes.includes(scope) || grantsOf(reach, scope).some((worker) => isSame(worker, resource))
  );
}

/** May `principal` ask for what `scope` allows at all, at least of a worker that `grant` was given them of? Pure. */
export function mayAsk(principal: Principal, scope: Scope, grant: GrantKind | undefined): boolean {
  if (principal.scopes.includes(scope)) return true;
  return (
    grant !== undefined && scopeOfGrant[grant] === scope && grantsOf(reachOf(principal), scope).length > 0
  );
}

/**
 * Might the person whose token this is decide on `resource` if they were there? No token decides by itself; this is for
 * what is left to programs that act for a person, so that a token which may only look decides nothing. The owner's token
 * stands for the owner. Pure.
 */
export function mayDecideAsPerson(principal: Principal, resource: Resource): boolean {
  if (!can(principal, "runs:read", resource)) return false;
  if (can(principal, "approvals:decide", resource)) return true;
  if (principal.kind !== "token" || !can(principal, "runs:write", resource)) return false;
  const role = principal.role;
  return principal.owner || (role !== null && scopesOfRole[role].includes("approvals:decide"));
}

/** Names of the workers that the principal is told nothing of. Pure. */
export function hiddenWorkers(principal: Principal): readonly string[] {
  return reachOf(principal)?.hidden.map(({ name }) => name) ?? [];
}

function reachOf(principal: Principal): WorkerReach | null {
  return principal.kind === "token" || principal.kind === "account" ? principal.reach : null;
}

function grantsOf(reach: WorkerReach | null, scope: Scope): WorkerReach["hidden"] {
  if (reach === null) return [];
  if (scope === scopeOfGrant.runner) return reach.runner;
  return scope === scopeOfGrant.approver ? reach.approver : [];
}

function isSame(worker: { id: string; name: string }, { worker_id, worker_name }: Resource): boolean {
  return worker.id === worker_id || worker.name === worker_name;
}

/** Whether a person asks: signed in, or by a token of theirs or the owner's; no client of MCP, no run, no trigger. Pure. */
export function isPerson(principal: Principal): boolean {
  return principal.kind === "account" || (principal.kind === "token" && !isAgent(principal));
}

/**
 * For what agents may not decide about themselves. Throws `people_only` for a client of MCP, `insufficient_scope` for whoever does not
 * administer the workspace.
 */
export function requireDecider(principal: Principal): void {
  if (!isPerson(principal))
    throw new AppError("people_only", "A person decides what may run, not a client of MCP.");
  const role = "role" in principal ? principal.role : null;
  if (role === "owner" || role === "admin") return;
  throw new AppError("insufficient_scope", "Only an owner or admin of the workspace decides what may run.");
}
