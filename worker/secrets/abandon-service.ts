// Owns the way out when a workspace's data key opens with no master key there is: it is given up with all that lies under it.
// Never gives up a key that opens, and never touches what was sealed for runs that may still have it: as long as such a run
// may live, what it tells cannot be masked and is not taken.
// Writes the workspace's key, and takes its secrets away.
import type { Principal } from "#contract/access/access";
import type { AbandonedKey } from "#contract/secrets/secret";
import { isServerOwner } from "../access/principal.ts";
import { AppError } from "../platform/app-error.ts";
import { makeDataKey, masterKeyOf, unwrapDataKey, wrapDataKey } from "../platform/secrets/envelope-crypto.ts";
import type { MasterKeys } from "../platform/secrets/master-keys.ts";
import type { RewrapDeps } from "./rewrap-service.ts";
import { findWorkspaceKey, listSecretRows, replaceLostKey } from "./store.ts";
import { keyPurpose } from "./vault-service.ts";
import type { VaultDeps } from "./vault-service.ts";

const PAGE = 100;

/**
 * Gives the workspace a new data key in the place of one that no master key opens, and says what went with it. Throws
 * `owner_only`, `no_master_key`, and `workspace_key_opens` where nothing is lost.
 */
export async function abandonWorkspaceKey(
  deps: VaultDeps & Pick<RewrapDeps, "shelves">,
  principal: Principal,
): Promise<AbandonedKey> {
  if (!isServerOwner(principal))
    throw new AppError("owner_only", "Keys are given up by whoever owns this server.");
  const masters = deps.masterKeys;
  if (masters === null)
    throw new AppError("no_master_key", "Set FLOOM_MASTER_KEYS first, and start this server again.");
  const { workspace_id: workspaceId } = principal;
  const purpose = keyPurpose(workspaceId);
  const lost = await findWorkspaceKey(deps.db, workspaceId);
  const opens =
    lost === null ||
    (await unwrapDataKey(masters, { purpose, wrapped: lost }).then(
      () => true,
      () => false,
    ));
  if (opens)
    throw new AppError("workspace_key_opens", "The secrets of this workspace open: nothing was given up.");

  const { rows } = await listSecretRows(deps.db, workspaceId);
  const wrapped = await wrapDataKey(masters, { purpose, dataKey: makeDataKey() });
  const now = deps.clock();
  if (!(await replaceLostKey(deps.db, { workspaceId, lost, wrapped, now }))) {
    throw new AppError(
      "workspace_key_opens",
      "Somebody else changed the key meanwhile: nothing was given up.",
    );
  }
  return {
    lost_master_key_id: masterKeyOf(lost),
    lost_secrets: rows.map(({ name }) => name),
    other_boxes: await countLostBoxes(masters, deps.shelves),
  };
}

/** What else is sealed under master keys that are not there: secrets of webhooks and alerts, and tokens of workers. */
async function countLostBoxes(masters: MasterKeys, shelves: RewrapDeps["shelves"]): Promise<number> {
  let lost = 0;
  for (const shelf of shelves.filter(({ adopt }) => adopt !== undefined)) {
    for (let after = ""; ;) {
      const page = await shelf.list(after, PAGE);
      lost += page.filter(({ text }) => {
        const id = masterKeyOf(text);
        return id !== null && !masters.byId.has(id);
      }).length;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) break;
      after = last.id;
    }
  }
  return lost;
}
