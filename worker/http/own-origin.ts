import { isLoopbackHost } from "../platform/network/ip-address.ts";
import { AppError } from "../platform/app-error.ts";
import { TOKEN_HEADERS } from "./front-door.ts";
import type { RequestContext } from "./request-context.ts";

/** Where this edge is, by its settings. */
export interface OwnPlaces {
  /** The platform leads only its own names here, so that the Host header needs no judging; a port of this machine takes any. */
  isRoutedByName: boolean;
  /** Origins at which this edge is reached besides the loopback's; empty ones are none. */
  origins: readonly string[];
}

/** Methods that change nothing. */
const READS = new Set(["GET", "HEAD", "OPTIONS"]);
/**
 * Strangers are meant to send to these from wherever they are: what they send is judged by its signature, or by what a
 * client of OAuth shows in it. No cookie counts there.
 */
const FOR_STRANGERS = /^\/(?:hooks|webhooks)\/|^\/oauth2\/(?:token|revoke|register)$/;

/**
 * Throws `wrong_host` where the request was sent to a name that is not this edge's. A page that lets its own name lead
 * to this machine (DNS rebinding) is of one origin with whatever it reaches, and would read every answer; what it cannot
 * change is the name that its browser sends along. Pure.
 */
export function requireOwnHost(url: URL, { isRoutedByName, origins }: OwnPlaces): void {
  if (isRoutedByName || isLoopbackHost(url.hostname)) return;
  if (origins.some((origin) => URL.parse(origin)?.hostname === url.hostname)) return;
  throw new AppError(
    "wrong_host",
    "This server does not answer to that name. Ask it at a loopback address, or at the address that FLOOM_PUBLIC_URL says.",
  );
}

/**
 * Throws `cross_site_request` where a page of another site asks for a change, with a cookie or without. What browsers say
 * of it themselves (Sec-Fetch-Site) counts before the Origin; another port of this machine is another site. Whoever shows
 * a token in a header is no foreign page: a browser asks before it sends one, and is given no leave here. Pure.
 */
export function requireOwnPage(
  { request, url }: Pick<RequestContext, "request" | "url">,
  { origins }: OwnPlaces,
): void {
  if (READS.has(request.method)) return;
  if (FOR_STRANGERS.test(url.pathname)) return;
  if (TOKEN_HEADERS.some((name) => request.headers.has(name))) return;
  if (isOwnPage(request.headers, [url.origin, ...origins])) return;
  throw new AppError("cross_site_request", "A page of another site cannot change anything here.");
}

function isOwnPage(headers: Headers, own: readonly string[]): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin" || site === "none";
  const origin = headers.get("origin");
  // No browser leaves it out of a request that changes something.
  return origin === null || own.includes(origin);
}
