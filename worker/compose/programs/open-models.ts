import { modelKeyNames } from "#contract/agents/model-keys";
import type { ModelKeys } from "#contract/agents/model-keys";
import { pickModels } from "../../agents/models/pick-model.ts";
import type { ModelChoice } from "../../agents/models/pick-model.ts";
import { openOperatorDial, openStrangerDial } from "../../platform/network/dial-client.ts";
import type { Dial } from "../../platform/network/dial-client.ts";
import { readSecrets } from "../../secrets/vault-service.ts";
import type { Host } from "../host.ts";
import { vaultDeps } from "../secret-deps.ts";

/** Which models may be asked, by which keys, and over which way out. */
interface ChosenModels {
  choice: ModelChoice;
  keys: ModelKeys;
  dial: Dial;
}

/** The models that a workspace's runs may ask, by its own keys before the server's. */
export async function chooseModels(
  host: Host,
  workspaceId: string,
  wish: { model: string | null; fallback_model: string | null } | ((keys: ModelKeys) => string | null),
): Promise<ChosenModels> {
  const { config, publicNetwork } = host;
  const own = await readSecrets(vaultDeps(host), workspaceId, modelKeyNames);
  // A workspace that has an address or a key of its own is not asked for by the server's key there.
  const isOwn = Object.keys(own).length > 0;
  const keys = isOwn ? own : config.models.keys;
  const wanted = typeof wish === "function" ? { model: wish(keys), fallback_model: null } : wish;
  const choice = pickModels({
    ...wanted,
    serverModel: config.models.name,
    keys,
    isLocal: config.environment !== "production",
  });
  // Whoever runs the server may ask a model anywhere; an address that a workspace has set is judged.
  const dial = isOwn
    ? openStrangerDial({ publicNetwork, allowLoopback: config.allowLoopbackAlerts })
    : openOperatorDial();
  return { choice, keys, dial };
}
