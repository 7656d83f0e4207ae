import type { Principal, Scope } from "#contract/access/access";
import { AppError } from "../platform/app-error.ts";

/** What whoever takes a workspace away can read in it, besides what the route asks for. */
export const exportScopes: readonly Scope[] = [
  "workers:read",
  "runs:read",
  "secrets:read",
  "store:read",
  "contexts:read",
  "workspace:read",
];

/** What whoever puts one in can change in it. */
export const importScopes: readonly Scope[] = [
  "workers:write",
  "store:write",
  "contexts:write",
  "workspace:write",
];

/** A move does what many routes do: it takes the scopes of all of them. Throws `insufficient_scope`. Pure. */
export function requireScopes(principal: Principal, scopes: readonly Scope[]): void {
  const missing = scopes.filter((scope) => !principal.scopes.includes(scope));
  if (missing.length > 0) {
    throw new AppError(
      "insufficient_scope",
      `This needs a token with the scopes ${missing.join(", ")} as well.`,
    );
  }
}
