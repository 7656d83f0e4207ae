import type { Principal } from "#contract/access/access";
import { isAgent } from "../../access/principal.ts";
import type { StoredSettings } from "../../catalog/workspace-settings.ts";

/** Whether the workspace has what somebody pushes reviewed by a person first. Pure. */
export function isSentToReview(of: StoredSettings["quarantine_pushes_of"], principal: Principal): boolean {
  return of === "all" || (of === "agents" && isAgent(principal));
}
