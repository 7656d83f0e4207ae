import type { AccessDeps } from "../access/service.ts";
import type { Host } from "./host.ts";

export function accessDeps(host: Host): AccessDeps {
  const { ownerToken, signingKey } = host.config;
  return { db: host.db, clock: host.clock, ownerToken, signingKey };
}
