import { listWorkspaceKeys, replaceWorkspaceKey } from "../secrets/store.ts";
import type { RewrapDeps, WrappedShelf } from "../secrets/rewrap-service.ts";
import type { SecretDeps } from "../secrets/service.ts";
import { keyPurpose } from "../secrets/vault-service.ts";
import type { Host } from "./host.ts";

/** For whoever sets secrets and looks at them. */
export function secretDeps(host: Host): SecretDeps & RewrapDeps {
  return { ...vaultDeps(host), shelves: [workspaceKeyShelf(host)] };
}

/** For whoever gives secrets to runs. */
export function vaultDeps(host: Host): SecretDeps {
  return { db: host.db, clock: host.clock, masterKeys: host.config.masterKeys };
}

function workspaceKeyShelf(host: Host): WrappedShelf {
  return {
    purposeOf: keyPurpose,
    list: (after, limit) => listWorkspaceKeys(host.db, after, limit),
    replace: (change) => replaceWorkspaceKey(host.db, change),
  };
}
