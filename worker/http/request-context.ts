import type { Hono, MiddlewareHandler } from "hono";

/** What the protocol layer knows of one request before any room is asked. */
export interface RequestContext {
  requestId: string;
  /** Scheme, host and port at which this edge is reached from outside, e.g. https://floom.example. */
  publicOrigin: string;
  request: Request;
  /** Keeps the script alive for work that goes on behind the answer. */
  waitUntil: (work: Promise<unknown>) => void;
}

/** What every handler finds on Hono's context. */
interface EdgeVariables {
  requestId: string;
  context: RequestContext;
}

/** Hono, with the bindings of a script and what the middleware puts on the context of every request. */
export interface EdgeTypes<Env extends object> {
  Bindings: Env;
  Variables: EdgeVariables;
}
export type EdgeHono<Env extends object> = Hono<EdgeTypes<Env>>;

/**
 * Tells every handler what is known of its request. `publicUrl` is what the settings say of the origin, empty where they
 * say nothing; the origin is then the one the request came to.
 */
export function openContext<Env extends object>(
  publicUrl: (env: Env) => string,
): MiddlewareHandler<EdgeTypes<Env>> {
  return async (c, next) => {
    c.set("context", {
      requestId: c.get("requestId"),
      publicOrigin: publicUrl(c.env) || new URL(c.req.url).origin,
      request: c.req.raw,
      waitUntil: (work) => c.executionCtx.waitUntil(work),
    });
    await next();
  };
}
