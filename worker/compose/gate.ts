import { authorize } from "../access/authorize.ts";
import { recordCall } from "../audit/service.ts";
import type { EdgeEnv } from "../env.ts";
import type { Gate } from "../http/mount.ts";
import { accessDeps } from "./access-deps.ts";
import { auditDeps } from "./audit-deps.ts";
import { Host } from "./host.ts";

/** What stands before every route of every room, and behind it. */
export const gate: Gate<EdgeEnv, Host> = {
  openHost: (env, context) => new Host(env, context.linkOrigin),
  authorize: (host, route, request) => authorize(accessDeps(host), route, request),
  ended: (host, route, call) => recordCall(auditDeps(host), route, call),
};
