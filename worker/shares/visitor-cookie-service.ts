// Owns by what a visitor is known again: a cookie of chance that only their browser has; here it is a digest alone.
import { toBase64Url } from "../platform/bytes.ts";
import { sha256Hex } from "../platform/crypto.ts";
import { networkOfSender } from "../platform/network/ip-address.ts";
import { buildCookie, readCookie, VISITOR_COOKIE } from "./visitor.ts";
import type { Visitor } from "./visitor.ts";

const COOKIE_BYTES = 24;
const COOKIE = /^[\w-]{32}$/;
const DAYS_30_SECONDS = 30 * 86_400;

/** A visitor, and the cookie that is to be set for one who has none yet. */
export interface KnownVisitor {
  visitor: Visitor;
  newCookie: string | null;
  isSecure: boolean;
}

/** Who a request comes from, by its cookie; somebody new where it has none. */
export async function knowVisitor(request: Request): Promise<KnownVisitor> {
  const shown = readCookie(request.headers.get("cookie"), VISITOR_COOKIE);
  const isKnown = COOKIE.test(shown);
  const cookie = isKnown ? shown : toBase64Url(crypto.getRandomValues(new Uint8Array(COOKIE_BYTES)));
  const address = request.headers.get("cf-connecting-ip") ?? "";
  return {
    visitor: {
      id: await sha256Hex(`visitor:${cookie}`),
      network: address === "" ? "" : networkOfSender(address),
    },
    newCookie: isKnown ? null : cookie,
    isSecure: new URL(request.url).protocol === "https:",
  };
}

/** Has the visitor's browser keep the cookie of somebody new. */
export function keepVisitor(
  response: Response,
  { newCookie, isSecure }: KnownVisitor,
  { framed }: { framed: boolean },
): Response {
  if (newCookie === null) return response;
  const cookie = { name: VISITOR_COOKIE, value: newCookie, seconds: DAYS_30_SECONDS };
  response.headers.append("set-cookie", buildCookie(cookie, { isSecure, framed }));
  return response;
}
