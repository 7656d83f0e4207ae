import { workspaceIdSchema } from "#contract/ids";
import type { ComposioAccess } from "../../connections/composio/composio-client.ts";
import type { KeeperDeps } from "../../connections/keeper.ts";
import type { OwnClient } from "../../connections/protocol/oauth-client.ts";
import type { HealthWatchDeps } from "../../connections/health/health-watch.ts";
import { targetOf } from "../../connections/service.ts";
import type { ConnectionDeps } from "../../connections/service.ts";
import { signState } from "../../connections/sign-in-state.ts";
import { findConnectionById, noteConnection } from "../../connections/store.ts";
import { isLocalOrigin } from "../../platform/network/is-local-origin.ts";
import { openOperatorDial, openStrangerDial } from "../../platform/network/dial-client.ts";
import { connectionBox, readSecretForHost } from "../../secrets/vault-service.ts";
import type { Host } from "../host.ts";
import { vaultDeps } from "../secret-deps.ts";
import { tellTrouble } from "./tell-trouble.ts";

/** For people who make connections and look at them. */
export function connectionDeps(host: Host): ConnectionDeps {
  const { signingKey, earlierSigningKeys, allowLoopbackAlerts, composio } = host.config;
  return {
    db: host.db,
    clock: host.clock,
    newConnectionId: () => host.newId("con", host.clock()),
    openConnection: (id) => host.connection(id),
    signingKeys: [signingKey, ...earlierSigningKeys],
    allowLoopback: allowLoopbackAlerts,
    hasComposio: composio.apiKey !== "",
    own: ownClient(host),
  };
}

/** Floom as a client of authorization servers: at the address that its settings say, since a request may name any. */
function ownClient({ publicUrl }: Host): OwnClient | null {
  if (publicUrl === "") return null;
  return {
    redirect_uri: `${publicUrl}/api/connections/callback`,
    document_url:
      publicUrl.startsWith("https:") && !isLocalOrigin(publicUrl)
        ? `${publicUrl}/api/connections/oauth-client`
        : null,
  };
}

function composioAccess({ config }: Host): ComposioAccess | null {
  const { apiUrl, apiKey } = config.composio;
  return apiKey === "" ? null : { apiUrl, apiKey, dial: openOperatorDial() };
}

/** What a connection's object reaches outside it. */
export function keeperDeps(host: Host): Omit<KeeperDeps, "kv"> {
  const allowLoopback = host.config.allowLoopbackAlerts;
  return {
    clock: host.clock,
    after: (ms, act) => host.after(ms, act),
    dial: openStrangerDial({ publicNetwork: host.publicNetwork, allowLoopback }),
    allowLoopback,
    composio: composioAccess(host),
    own: ownClient(host),
    newNonce: () => crypto.randomUUID(),
    signState: (state) => signState(host.config.signingKey, state),
    openBox: ({ id, workspace_id }) =>
      connectionBox(vaultDeps(host), {
        workspaceId: workspaceIdSchema.parse(workspace_id),
        connectionId: id,
      }),
    readSecret: (workspaceId, of) => readSecretForHost(vaultDeps(host), workspaceId, of),
    tellChanges: (target, changes) => tellTrouble(host, target, changes),
    tell: (id, news) => noteConnection(host.db, id, news),
  };
}

/** What the watch over a connection reaches outside its object. */
export function watchDeps(host: Host): Pick<HealthWatchDeps, "clock" | "find" | "tellFailing"> {
  return {
    clock: host.clock,
    find: async (of) => {
      const row = await findConnectionById(host.db, of);
      return row === undefined || row.status === "disabled" || !row.settings.enabled ? null : targetOf(row);
    },
    tellFailing: (target, failing) => tellTrouble(host, target, failing),
  };
}
