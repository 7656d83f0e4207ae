import { openSearchDriver, SEARCH_KEY } from "../../agents/tools/search-driver.ts";
import type { Dial } from "../../platform/network/dial-client.ts";
import type { RunSpec } from "../../runs/spec/run-spec.ts";
import { readSecrets } from "../../secrets/vault-service.ts";
import type { ToolDriver } from "../../tools/gate-api.ts";
import type { Host } from "../host.ts";
import { vaultDeps } from "../secret-deps.ts";

/** web_search, by the workspace's own key or else the server's; none where neither is set. */
export async function openSearch(
  host: Host,
  { workspace_id: workspaceId }: RunSpec,
  dial: Dial,
): Promise<ToolDriver[]> {
  const { apiKey, apiUrl } = host.config.search;
  const own = await readSecrets(vaultDeps(host), workspaceId, [SEARCH_KEY]);
  const hasOwn = Object.hasOwn(own, SEARCH_KEY);
  if (!hasOwn && apiKey === "") return [];
  const deps = { dial, origin: apiUrl, serverKey: hasOwn ? null : apiKey };
  return [openSearchDriver(deps)];
}
