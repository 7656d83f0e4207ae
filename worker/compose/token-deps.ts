import type { DeviceDeps } from "../access/devices/service.ts";
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
