import type { Hono, MiddlewareHandler } from "hono";
import { AppError } from "../platform/app-error.ts";

/** What the protocol layer knows of one request before any room is asked. */
export interface RequestContext {
  requestId: string;
  /**
   * Scheme, host and port that the links of this request's own answer begin with, e.g. https://floom.example. Where the
   * settings say none it is what the asker wrote into its request: good for what only the asker sees, and for nothing
   * that is sent or told to anybody else.
   */
  linkOrigin: string;
  request: Request;
  /** Its address. */
  url: URL;
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

/** Tells every handler what is known of its request. `publicUrl` is the origin that the settings say, empty for none. */
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
      linkOrigin: publicUrl(c.env) || url.origin,
      request: c.req.raw,
      url,
      waitUntil: (work) => c.executionCtx.waitUntil(work),
    });
    await next();
  };
}
