import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { secureHeaders } from "hono/secure-headers";
import { isLoopbackHost } from "../platform/network/ip-address.ts";

/** What is not a page may load, frame and run nothing, whatever a browser takes it for. A page brings its own policy. */
const NO_PAGE = "default-src 'none'; frame-ancestors 'none'; sandbox";

/** What no page of ours needs, so that none that somebody gets in here can ask for it. */
const NO_POWERS = {
  camera: false,
  displayCapture: false,
  geolocation: false,
  hid: false,
  microphone: false,
  midi: false,
  payment: false,
  serial: false,
  usb: false,
};

/** These hold for every answer, whoever made it. */
const always = secureHeaders({
  xFrameOptions: false,
  crossOriginResourcePolicy: false,
  strictTransportSecurity: false,
  permissionsPolicy: NO_POWERS,
});

/** A year, and for this name alone: names beside it are their owners'. */
const TLS_ALONE = "max-age=31536000";

/**
 * The headers of an answer, to be written to, with the first of them. Those of one that came from elsewhere are fixed: it
 * is copied, as `c.header` copies any answer each time, which costs as much as all the rest of a seal.
 */
function openHeaders(c: Context, name: string, value: string): Headers {
  try {
    c.res.headers.set(name, value);
  } catch {
    c.header(name, value);
  }
  return c.res.headers;
}

/** Whoever was reached by TLS is to be reached by it from then on; on loopback that would shut out other servers' ports. */
const byTlsAlone = createMiddleware(async (c, next) => {
  await next();
  const url = c.req.url.startsWith("https:") ? URL.parse(c.req.url) : null;
  if (url !== null && !isLoopbackHost(url.hostname))
    c.res.headers.set("strict-transport-security", TLS_ALONE);
});

/** Sealed after the handler has answered: its id, and what an answer is that says nothing else of itself. */
const unlessSaid = createMiddleware<{ Variables: { requestId: string } }>(async (c, next) => {
  await next();
  const headers = openHeaders(c, "x-request-id", c.get("requestId"));
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  if (!headers.has("cross-origin-resource-policy"))
    headers.set("cross-origin-resource-policy", "same-origin");
  const policy = headers.get("content-security-policy");
  if (policy === null) headers.set("content-security-policy", NO_PAGE);
  // Whoever says which sites may frame an answer says more than this header can.
  const framing = /frame-ancestors ([^;]*)/.exec(policy ?? "")?.[1];
  if (framing === undefined || framing === "'none'") headers.set("x-frame-options", "DENY");
});

/** The headers of every answer: of handlers, of refusals, of what is not there, and of what broke. In this order. */
export const sealAnswers = [always, byTlsAlone, unlessSaid] as const;
