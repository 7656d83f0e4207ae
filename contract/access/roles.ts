import { allScopes } from "./access.ts";
import type { Role, Scope } from "./access.ts";

const viewer: readonly Scope[] = [
  "workers:read",
  "runs:read",
  "secrets:read",
  "store:read",
  "contexts:read",
  "workspace:read",
];
const editor: readonly Scope[] = viewer.concat(
  "workers:write",
  "runs:write",
  "approvals:decide",
  "secrets:write",
  "store:write",
  "contexts:write",
  "tokens:write",
);
const admin: readonly Scope[] = editor.concat("workspace:write", "members:write", "audit:read");

/** What each role may do. Each has all that the next lower one has. */
export const scopesOfRole: Record<Role, readonly Scope[]> = { owner: allScopes, admin, editor, viewer };

/** What may be done with a token of these scopes by a person who has `role` now. Pure. */
export function scopesAllowed(role: Role, scopes: readonly Scope[]): Scope[] {
  return scopesOfRole[role].filter((scope) => scopes.includes(scope));
}
