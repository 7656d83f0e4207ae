import type { EdgeHono, RequestContext } from "../http/request-context.ts";
import { withRetryAfter } from "../http/retry-after.ts";
import { isOpenPath } from "./open-paths.ts";
import { isSeldomPath } from "./rate-rules.ts";
import { openEngine } from "./service.ts";
import type { AccountDeps } from "./service.ts";

const BASE = "/api/auth";

/**
 * The engine's own ways in, which lie beside the table because the library chooses their form. Every other path below
 * /api/auth is left to the table. `requireRate` counts those where a guess could be right, or a mail is sent, all together;
 * the library counts each of them by itself.
 */
export function mountAuth<Env extends object>(
  app: EdgeHono<Env>,
  buildDeps: (env: Env, context: RequestContext) => AccountDeps,
  requireRate: (env: Env, context: RequestContext) => Promise<void>,
): void {
  app.on(["GET", "POST"], `${BASE}/*`, async (c, next) => {
    const context = c.get("context");
    const path = new URL(c.req.url).pathname.slice(BASE.length);
    if (!isOpenPath(c.req.method, path)) return next();
    if (isSeldomPath(path)) await requireRate(c.env, context);
    const deps = buildDeps(c.env, context);
    const answer = await (await openEngine(deps)).handle(c.req.raw, context.waitUntil);
    return withRetryAfter(answer);
  });
}
