/** Somebody without an account, as one browser of theirs is known again. */
export interface Visitor {
  /** Digest of the cookie that their browser keeps. */
  id: string;
  /** The network that they come from, empty where none is known. */
  network: string;
}

/** The cookie by which a visitor is known again. */
export const VISITOR_COOKIE = "floom_visitor";

/** The value of a cookie in a request's header; empty for none. Pure. */
export function readCookie(header: string | null, name: string): string {
  for (const part of (header ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return "";
}

/**
 * A cookie that no script reads. `framed`: it is to be sent where the page stands in another site's frame, which browsers
 * allow over TLS alone, and for each such site apart. Pure.
 */
export function buildCookie(
  cookie: { name: string; value: string; seconds: number },
  { isSecure, framed }: { isSecure: boolean; framed: boolean },
): string {
  const parts = [`${cookie.name}=${cookie.value}`, "Path=/", `Max-Age=${cookie.seconds}`, "HttpOnly"];
  const sameSite = framed && isSecure ? ["SameSite=None", "Partitioned"] : ["SameSite=Lax"];
  return [...parts, ...sameSite, ...(isSecure ? ["Secure"] : [])].join("; ");
}
