import { getPath } from "hono/utils/url";
import { asksForPage } from "#contract/compat/media-type";

/** What the edge answers whoever asks; everything else is a page's address, or a route without its /api. */
const OWN_PATHS =
  /^\/(?:api|composio-events|hooks|webhooks|mcp|oauth2|a|s|embed)(?:\/|$)|^\/\.well-known\/oauth-|^\/(?:approvals\/review|dev\/outbox|embed\.js|frame\.html)$/;
/** By which a program shows who it is. */
export const TOKEN_HEADERS = ["authorization", "x-floom-token", "x-floom-secret", "x-workeros-run-token"];

/**
 * Whether a program asks, and not a person's browser: it shows a token, does more than read, or does not ask for a page.
 * A browser never shows a token when it goes to an address. Pure.
 */
export function isProgram(request: Request): boolean {
  if (request.method !== "GET" && request.method !== "HEAD") return true;
  if (TOKEN_HEADERS.some((name) => request.headers.has(name))) return true;
  return !asksForPage(request.headers.get("accept"));
}

/** What follows the path of a context's file in an address. */
const CONTEXT_FILE = /^(\/api\/contexts\/[^/]+\/files\/)(.+?)(\/versions(?:\/[^/]+)?|\/restore\/[^/]+)?$/;

/**
 * The path by which a request finds its route. Clients of the first Floom that keep their own server leave /api out; the
 * web pages live at the same addresses, so only a program's requests are read that way. They also write the path of a
 * context's file with plain slashes, which here are part of one step. Pure.
 */
export function routePathOf(request: Request): string {
  const path = getPath(request);
  if (path === "/" || (!OWN_PATHS.test(path) && !isProgram(request))) return path;
  const routed = OWN_PATHS.test(path) ? path : `/api${path}`;
  const found = CONTEXT_FILE.exec(routed);
  if (found === null) return routed;
  const [, head = "", file = "", tail = ""] = found;
  return head + file.replaceAll("/", "%2F") + tail;
}

/** Reads files of the web pages; answers 404 for what is none. */
export type ReadPages = (request: Request) => Promise<Response>;

/** On which of a request's headers it depends whether it is answered a page. */
const VARY = ["accept", ...TOKEN_HEADERS].join(", ");
/** The web application may run its own script and style, show its own pictures and talk to its own origin; nothing else. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src blob:; frame-src 'self' blob:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * The web page's answer to a request that no route took: the file of that name, or for whoever asks for a page the
 * application itself, which knows its own addresses. Null where a problem is to be answered: a program is never given a
 * page instead of what it asked for.
 */
export async function answerPage(request: Request, readPages: ReadPages): Promise<Response | null> {
  const url = URL.parse(request.url);
  if (url === null || OWN_PATHS.test(url.pathname)) return null;
  if (request.method !== "GET" && request.method !== "HEAD") return null;
  const isPlace = url.pathname === "/" || url.pathname === "/index.html";
  if (isPlace && isProgram(request)) return null;
  const file = isPlace ? null : await readPages(request);
  if (file !== null && file.status !== 404) return file;
  if (isProgram(request)) return null;
  const page = await readPages(new Request(new URL("/", url), request));
  if (page.status === 404) return null;
  const headers = new Headers(page.headers);
  headers.set("vary", VARY);
  headers.set("content-security-policy", PAGE_POLICY);
  return new Response(page.body, { status: page.status, headers });
}
