import type { Hono, MiddlewareHandler } from "hono";
import { AppError } from "../platform/app-error.ts";

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
 * say nothing; the origin is then the one the request came to. A request that came to none is refused.
 */
export function openContext<Env extends object>(
  publicUrl: (env: Env) => string,
): MiddlewareHandler<EdgeTypes<Env>> {
  return async (c, next) => {
    // A runtime puts the address together from the Host header, whatever that is; behind here it is one.
    const url = URL.parse(c.req.url);
    if (url === null)
      throw new AppError("malformed_request", "The Host header is no host, or the path is none.");
    c.set("context", {
      requestId: c.get("requestId"),
      publicOrigin: publicUrl(c.env) || url.origin,
      request: c.req.raw,
      waitUntil: (work) => c.executionCtx.waitUntil(work),
    });
    await next();
  };
}
