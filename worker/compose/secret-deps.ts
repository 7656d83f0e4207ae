import { listSubscriptionBoxes, replaceSubscriptionBox } from "../alerts/listeners/store.ts";
import { alertBoxPurpose } from "../alerts/signing-secret.ts";
import { listAlertBoxes, replaceAlertBox } from "../alerts/store.ts";
import { hookBoxPurpose, tokenBoxPurpose } from "../hooks/hook-secrets.ts";
import { listSecretBoxes, listTokenBoxes, putSecretBox, putTokenBox } from "../hooks/hook-store.ts";
import { openFromStorage, sealForStorage } from "../platform/secrets/box-keys.ts";
import type { RewrapDeps, WrappedShelf, WrappedText } from "../secrets/rewrap-service.ts";
import type { SecretDeps } from "../secrets/service.ts";
import { listWorkspaceKeys, replaceWorkspaceKey } from "../secrets/store.ts";
import { keyPurpose } from "../secrets/vault-service.ts";
import type { Host } from "./host.ts";

/** For whoever sets secrets and looks at them. */
export function secretDeps(host: Host): SecretDeps & RewrapDeps {
  return {
    ...vaultDeps(host),
    takeMark: host.takeMark,
    shelves: listShelves(host),
  };
}

/** For whoever gives secrets to runs. */
export function vaultDeps(host: Host): SecretDeps {
  return { db: host.db, clock: host.clock, masterKeys: host.config.masterKeys };
}

/** Everything that is wrapped by a master key, or was sealed before there was one. */
function listShelves(host: Host): WrappedShelf[] {
  const { db } = host;
  return [
    {
      purposeOf: keyPurpose,
      list: (after, limit) => listWorkspaceKeys(db, after, limit),
      replace: (change) => replaceWorkspaceKey(db, change),
    },
    boxShelf(host, hookBoxPurpose, {
      list: (after, limit) => listSecretBoxes(db, after, limit),
      replace: ({ id, ...box }) => putSecretBox(db, id, { ...box, now: host.clock() }),
    }),
    boxShelf(host, tokenBoxPurpose, {
      list: (after, limit) => listTokenBoxes(db, after, limit),
      replace: ({ id, ...box }) => putTokenBox(db, id, box),
    }),
    boxShelf(host, alertBoxPurpose, {
      list: (after, limit) => listAlertBoxes(db, after, limit),
      replace: (change) => replaceAlertBox(db, change),
    }),
    boxShelf(host, alertBoxPurpose, {
      list: (after, limit) => listSubscriptionBoxes(db, after, limit),
      replace: (change) => replaceSubscriptionBox(db, change),
    }),
  ];
}

function boxShelf(
  { config }: Host,
  purposeOf: (id: string) => string,
  shelf: Pick<WrappedShelf, "list" | "replace">,
): WrappedShelf {
  const adopt = async ({ id, text }: WrappedText) => {
    const secret = await openFromStorage(config, { purpose: purposeOf(id), sealed: text });
    return sealForStorage(config, { purpose: purposeOf(id), secret });
  };
  return { ...shelf, purposeOf, adopt };
}
