import { authorize } from "../access/authorize.ts";
import type { EdgeEnv } from "../env.ts";
import type { Gate } from "../http/mount.ts";
import { accessDeps } from "./access-deps.ts";
import { Host } from "./host.ts";

/** What stands before every route of every room. */
export const gate: Gate<EdgeEnv, Host> = {
  openHost: (env, context) => new Host(env, context.linkOrigin, context.waitUntil),
  authorize: (host, route, request) => authorize(accessDeps(host), route, request),
};
