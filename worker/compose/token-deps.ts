import type { DeviceDeps } from "../access/devices/service.ts";
import { authenticate } from "../access/service.ts";
import { addressOf, requireAddressRate } from "../access/rate/service.ts";
import { fetchClientDocument } from "../oauth/document-service.ts";
import type { McpGateDeps } from "../oauth/mcp-gate-route.ts";
import type { OAuthDeps } from "../oauth/service.ts";
import { openStrangerDial } from "../platform/network/dial-client.ts";
import { accessDeps } from "./access-deps.ts";
import { rateDeps } from "./guard-deps.ts";
import type { Host } from "./host.ts";

/** For tokens, and for programs that are let in by a person. */
export function tokenDeps(host: Host): DeviceDeps {
  return {
    db: host.db,
    clock: host.clock,
    signingKey: host.config.signingKey,
    takeExactly: rateDeps(host).takeExactly,
    ownerIsLocal: host.config.ownerIsLocal,
  };
}

/** For the endpoints of OAuth, and for what people say about clients. */
export function oauthDeps(host: Host): OAuthDeps {
  const { config, publicNetwork } = host;
  const allowLoopback = config.allowLoopbackAlerts;
  const dial = openStrangerDial({ publicNetwork, allowLoopback });
  return {
    db: host.db,
    clock: host.clock,
    behind: host.behind,
    settings: config,
    publicUrl: host.publicUrl,
    signingKey: config.signingKey,
    earlierSigningKeys: config.earlierSigningKeys,
    allowLoopback,
    newUserId: () => host.newId("usr", host.clock()),
    newRowId: () => host.newId("req", host.clock()),
    newGrantId: (nowMs) => host.newId("ocl", nowMs),
    fetchClientDocument: (address) => fetchClientDocument(dial, address),
  };
}

/** For what stands before the tools. */
export function mcpGateDeps(host: Host): McpGateDeps {
  return {
    db: host.db,
    clock: host.clock,
    behind: host.behind,
    publicUrl: host.publicUrl,
    authenticateToken: (request) => authenticate(accessDeps(host), request),
    admit: (request) => requireAddressRate(rateDeps(host), addressOf(request)),
  };
}
