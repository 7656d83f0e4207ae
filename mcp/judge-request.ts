import { isIP } from "node:net";

/** Who may ask at an address. */
export interface DoorRules {
  /** Where is listened: a name or an address. */
  host: string;
  port: number;
  path: string;
  /** Origins of pages that are let in besides the address's own. */
  allowedOrigins: readonly string[];
  /** False: a page of any origin is let in. */
  requireOrigin: boolean;
}

/** A request as far as the door looks at it. */
export interface Knock {
  method: string;
  /** The path without a query. */
  path: string;
  host: string | undefined;
  origin: string | undefined;
  accept: string | undefined;
  contentType: string | undefined;
}

export interface Refusal {
  status: 400 | 403 | 404 | 405 | 406 | 415;
  message: string;
}

const loopbackNames = ["localhost", "127.0.0.1", "[::1]"];
const wildcards = ["0.0.0.0", "::", "[::]"];

/** Whether only this machine can reach what listens there. Pure. */
export const isLoopback = (host: string) =>
  host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));

/**
 * Why a request is not let in; null for one that is. A page of another site reaches nothing, by its own name or by one
 * that it has made point here: so names are judged first, then origins. Pure.
 */
export function judgeRequest(knock: Knock, rules: DoorRules): Refusal | null {
  return judgeHost(knock.host, rules) ?? judgeOrigin(knock.origin, rules) ?? judgeMessage(knock, rules);
}

function judgeHost(host: string | undefined, rules: DoorRules): Refusal | null {
  const name = host === undefined ? null : nameOf(host);
  if (name === null) return { status: 400, message: "The Host header is missing or malformed." };
  const isNamed =
    loopbackNames.includes(name) || name === rules.host.toLowerCase() || name === `[${rules.host}]`;
  // What listens everywhere has no name of its own; a page can point its own name here, but no address.
  const isAddress = wildcards.includes(rules.host) && isIP(name.replace(/^\[|\]$/g, "")) !== 0;
  if (isNamed || isAddress) return null;
  return { status: 403, message: `Nothing here is called ${name}.` };
}

/** The name in a Host header, without its port; null where that is malformed. */
function nameOf(host: string): string | null {
  const url =
    /^[^/@?#\s\\]+$/.test(host) && URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : null;
  return url === null || url.hostname === "" ? null : url.hostname;
}

function judgeOrigin(origin: string | undefined, rules: DoorRules): Refusal | null {
  if (origin === undefined) return null;
  if (origin !== "null" && originOf(origin) === null)
    return { status: 400, message: "The Origin header is malformed." };
  if (!rules.requireOrigin || isListed(origin, rules)) return null;
  return { status: 403, message: `Pages of ${origin} are not let in: --allow-origin lets one in.` };
}

/** The same scheme, name and port. A list without entries lets nobody in; `null` counts only where it is listed. */
function isListed(origin: string, { host, port, allowedOrigins }: DoorRules): boolean {
  const named = isIP(host) === 6 ? `[${host}]` : host;
  const own = [...loopbackNames, named].map((name) => `http://${name}:${port}`);
  const listed = [...own, ...allowedOrigins].map((one) => (one === "null" ? one : originOf(one)));
  return listed.includes(origin === "null" ? origin : originOf(origin));
}

/** An origin as browsers write it; null for what is none. Pure. */
export function originOf(text: string): string | null {
  const url = /^https?:\/\/[^/@?#\s\\]+\/?$/i.test(text) && URL.canParse(text) ? new URL(text) : null;
  return url?.origin ?? null;
}

function judgeMessage(
  { method, path, accept = "", contentType = "" }: Knock,
  rules: DoorRules,
): Refusal | null {
  if (path !== rules.path) return { status: 404, message: `The tools are at ${rules.path}.` };
  if (method === "OPTIONS") return null;
  if (method !== "POST")
    return { status: 405, message: "There are no sessions here: POST alone is answered." };
  const takes = (type: string) => accept.includes(type) || accept.includes("*/*");
  if (!takes("application/json") || !takes("text/event-stream"))
    return { status: 406, message: "Accept must name application/json and text/event-stream." };
  if (!/^application\/json\s*(?:;|$)/i.test(contentType))
    return { status: 415, message: "Content-Type must be application/json." };
  return null;
}

/** Why an address is not to be opened at all; null where it may be. Pure. */
export function judgeRules({ host, path, allowedOrigins, requireOrigin }: DoorRules): string | null {
  if (host.trim() === "") return "A host is missing: write one as 127.0.0.1, or leave it out.";
  const written = path.startsWith("/") && !/[?#\s]/.test(path) ? URL.parse(`http://127.0.0.1${path}`) : null;
  if (written === null) return `${path} is no path: write one as /mcp.`;
  if (written.pathname !== path) return `Clients ask for ${path} as ${written.pathname}: write it so.`;
  const wrong = allowedOrigins.find((one) => one !== "null" && originOf(one) === null);
  if (wrong !== undefined) return `${wrong} is no origin: write one as https://app.example.com.`;
  if (!requireOrigin && allowedOrigins.length > 0)
    return "Letting in every origin and listing some contradict each other.";
  if (!requireOrigin && !isLoopback(host))
    return `Letting in every origin at ${host}, which others reach too, would let any web page use the tools.`;
  return null;
}
