/** What the worker before the edge sees of the runtime beyond web standards. */
interface IncomingRequest extends Request {
  /** `clientIp` is address and port of the other end of the connection. */
  readonly cf?: { clientIp?: string };
}

interface Service {
  fetch: (request: Request) => Promise<Response>;
}

/** What the front's own bindings are, beside those of the edge. */
interface FrontEnv {
  /** The router of the assets, which asks the edge for what is no file. */
  FRONT_ASSETS: Service;
  /** Paths that are the edge's whatever files there are, as wrangler.toml lists them (`run_worker_first`). */
  FRONT_EDGE_PATHS: readonly string[];
}

/** The edge's own script, in the same worker. */
interface EdgeScript {
  fetch: (request: Request, env: FrontEnv, context: object) => Response | Promise<Response>;
}

const ADDRESS = /^https?:\/\/(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?\//i;
/** Paths of runtimes, never of the product: Cloudflare keeps the first for itself, Miniflare the second. */
const RUNTIME_PATH = /^\/+(?:cdn-cgi|__cf_local)(?:\/|$)/i;
/** Headers by which a runtime is steered, or by which a proxy in front would tell who is calling. There is none. */
const CLAIMED_HEADER = /^(?:cf-|mf-|x-forwarded-|x-real-ip$|x-client-ip$|true-client-ip$|forwarded$)/;

/** Headers that a proxy adds; also a sender may, who then counts as one that came by a proxy. */
const FORWARDED_HEADER = /^(?:x-forwarded-|x-real-ip$|forwarded$|via$|cf-ray$)/;
/** Told to the edge of what did not come from this machine's own programs directly. */
const BY_PROXY = "x-floom-by-proxy";

/** What a request asks for; undefined where the Host header is no host or the path is none, as in `OPTIONS *`. */
export function parseAddress(text: string): URL | undefined {
  const url = ADDRESS.test(text) ? URL.parse(text) : null;
  return url ?? undefined;
}

/** Whether a path is the runtime's own business, in any spelling that a router behind could read as such. */
export function isRuntimePath(pathname: string): boolean {
  return RUNTIME_PATH.test(pathname) || RUNTIME_PATH.test(decode(pathname));
}

function decode(pathname: string): string {
  try {
    return decodeURIComponent(pathname).replaceAll("\\", "/");
  } catch {
    return pathname;
  }
}

/**
 * Makes of a request's own headers what the edge may believe: without those that a sender must not set, with its address
 * as it really is. Changes and answers `headers`.
 */
export function frontHeaders(headers: Headers, clientIp: string | undefined): Headers {
  const names = Array.from(headers.keys());
  headers.delete(BY_PROXY);
  // Whoever comes by a proxy or a tunnel of this machine has the machine's own address, and is not at this machine.
  if (names.some((name) => FORWARDED_HEADER.test(name))) headers.set(BY_PROXY, "1");
  for (const name of names) if (CLAIMED_HEADER.test(name)) headers.delete(name);
  if (clientIp !== undefined) headers.set("CF-Connecting-IP", addressOf(clientIp));

  return headers;
}

/** `127.0.0.1:5` and `[::1]:5` without the port. */
function addressOf(peer: string): string {
  return peer.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
}

function escapeForRegExp(text: string): string {
  return text.replace(/[\\^$*+?.()|[\]{}]/g, "\\$&");
}

/** Compiled once for each list, which is once in the life of the runtime. */
const compiled = new WeakMap<readonly string[], RegExp>();

/**
 * Whether a path is the edge's own: it matches a pattern of the list, in which * stands for anything. The router would
 * send it there as well, and take as long for that as the edge takes for a short answer.
 */
export function isEdgePath(patterns: readonly string[], pathname: string): boolean {
  const known = compiled.get(patterns);
  if (known !== undefined) return known.test(pathname);
  const parts = patterns.map((pattern) => pattern.split("*").map(escapeForRegExp).join(".*"));
  const all = new RegExp(`^(?:${parts.join("|")})$`);
  compiled.set(patterns, all);
  return all.test(pathname);
}

/** The only thing that listens for the edge of this machine; runs in the edge's own worker, right before it. */
export function openFront(edge: EdgeScript) {
  return {
    /** A tunnel leads nowhere. */
    connect(socket: { close: () => Promise<void> }): Promise<void> {
      return socket.close();
    },

    fetch(request: IncomingRequest, env: FrontEnv, context: object): Response | Promise<Response> {
      const url = parseAddress(request.url);
      if (url === undefined) return new Response("The request names no host or no path.\n", { status: 400 });

      if (isRuntimePath(url.pathname)) return new Response("Not found\n", { status: 404 });

      const asked = new Request(request);
      frontHeaders(asked.headers, request.cf?.clientIp);
      if (isEdgePath(env.FRONT_EDGE_PATHS, url.pathname)) return edge.fetch(asked, env, context);
      return env.FRONT_ASSETS.fetch(asked);
    },
  };
}
