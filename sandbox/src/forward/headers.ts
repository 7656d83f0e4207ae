import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

/** Headers as a message carries them on: each name with its values, one line each. */
export type HeaderLines = Record<string, string[]>;

/** What speaks of one connection only and never goes on (RFC 9110, 7.6.1), and what Node says anew itself. */
const ofOneConnection: ReadonlySet<string> = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The headers of a message that go on, of those that `passes` lets through. */
export function endToEndHeaders(message: IncomingMessage, passes: (name: string) => boolean): HeaderLines {
  const named = new Set((message.headers.connection ?? "").toLowerCase().split(/[\s,]+/));
  const lines: HeaderLines = {};
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    if (values !== undefined && !ofOneConnection.has(name) && !named.has(name) && passes(name))
      lines[name] = values;
  }
  return lines;
}

/** How the body of a message is framed; undefined when it is by something that is passed on by nobody. */
export type Framing = { kind: "none" } | { kind: "length"; bytes: number } | { kind: "chunked" };

/** Reads the framing of a request. Both ways at once, and codings other than chunked, are refused. */
export function readFraming(headers: IncomingHttpHeaders): Framing | undefined {
  const coding = headers["transfer-encoding"];
  const length = headers["content-length"];
  if (coding !== undefined) {
    return length === undefined && coding.trim().toLowerCase() === "chunked"
      ? { kind: "chunked" }
      : undefined;
  }
  if (length === undefined) return { kind: "none" };
  return /^\d{1,15}$/.test(length) ? { kind: "length", bytes: Number(length) } : undefined;
}
