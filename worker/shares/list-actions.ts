import type { ActionDefinition } from "#contract/actions/action";
import { actionsOf } from "#contract/actions/actions-of";
import type { Manifest } from "#contract/manifest/manifest";

/** The actions of a version that a door lets visitors run; `allowed` null for all. Pure. */
export function listActions(manifest: Manifest, allowed: readonly string[] | null): ActionDefinition[] {
  return actionsOf(manifest).filter(({ name }) => allowed === null || allowed.includes(name));
}
