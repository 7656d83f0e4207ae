import type { EdgeHono, RequestContext } from "../http/request-context.ts";
import { withRetryAfter } from "../http/retry-after.ts";
import { isOpenPath } from "./open-paths.ts";
import { openEngine } from "./service.ts";
import type { AccountDeps } from "./service.ts";

const BASE = "/api/auth";

/**
 * The engine's own ways in, which lie beside the table because the library chooses their form. Every other path below
 * /api/auth is left to the table.
 */
export function mountAuth<Env extends object>(
  app: EdgeHono<Env>,
  buildDeps: (env: Env, context: RequestContext) => AccountDeps,
): void {
  app.on(["GET", "POST"], `${BASE}/*`, async (c, next) => {
    const context = c.get("context");
    const path = new URL(c.req.url).pathname.slice(BASE.length);
    if (!isOpenPath(c.req.method, path)) return next();
    const deps = buildDeps(c.env, context);
    const answer = await (await openEngine(deps)).handle(c.req.raw, context.waitUntil);
    return withRetryAfter(answer);
  });
}
