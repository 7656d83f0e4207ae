import type { Scope } from "#contract/access/access";
import { clientScopes } from "#contract/oauth/scopes";

/** What each scope lets somebody do, in words. */
export const scopeWords: Record<Scope, string> = {
  ...clientScopes,
  "approvals:decide": "Decide what runs ask",
  "secrets:write": "Set and delete secrets and connections",
  "workspace:write": "Change the workspace’s settings",
  "members:write": "Look after members and service accounts",
  "tokens:write": "Make tokens",
  "audit:read": "Read the record of changes",
  "workspace:own": "Delete the workspace, and hand it on",
};
