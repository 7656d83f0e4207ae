import { specialV4Ranges } from "#contract/special-addresses";

/**
 * Which addresses of strangers the edge dials. A name cannot be resolved before it is dialled here, so names are judged
 * by what they say: literal addresses against the IANA special-purpose registries, names against those that never
 * leave a site, and the public services whose names spell a private address. In production the platform itself does
 * not route a Worker's request into a private network.
 */
export interface DialRules {
  /** http and loopback are allowed as well: for tests and for receivers on the developer's own machine. */
  allowLoopback: boolean;
}

/** Names that mean this machine or this site (RFC 6761, RFC 6762, RFC 8375, ICANN's .internal), whatever stands before. */
const siteNames = /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|lan|corp|home|home\.arpa|onion)$/;

/** Public names that resolve to the address written in them, or to this machine. */
const spellingNames = /(?:^|\.)(?:nip\.io|sslip\.io|xip\.io|localtest\.me|lvh\.me|vcap\.me|lacolhost\.com)$/;

function parseV4(host: string): number | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(host);
  return match === null ? null : match.slice(1).reduce((sum, part) => sum * 256 + Number(part), 0);
}

function isPublicV4(address: number): boolean {
  return !specialV4Ranges.some(([net, prefix]) => {
    const size = 2 ** (32 - prefix);
    return Math.floor(address / size) === Math.floor((parseV4(net) ?? 0) / size);
  });
}

/** The first two groups of an IPv6 address in the form the URL parser writes it. */
function firstGroups(address: string): [number, number] {
  const [head = ""] = address.split("::");
  const groups = head.split(":").map((group) => Number.parseInt(group || "0", 16));
  return [groups[0] ?? 0, groups[1] ?? 0];
}

/** Only global unicast counts (2000::/3), without the parts of it that are special or carry an IPv4 address. */
function isPublicV6(address: string): boolean {
  const [first, second] = firstGroups(address);
  if (first < 0x2000 || first > 0x3fff) return false;
  const isSpecial = first === 0x2001 && (second < 0x0200 || second === 0x0db8);
  return !isSpecial && first !== 0x2002 && first < 0x3ff0;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function judgeHost(host: string): string | null {
  const v4 = parseV4(host);
  if (v4 !== null) return isPublicV4(v4) ? null : `${host} is not an address of the public internet.`;
  if (host.startsWith("[")) {
    return isPublicV6(host.slice(1, -1)) ? null : `${host} is not an address of the public internet.`;
  }
  if (!host.includes(".") || siteNames.test(host)) return `${host} is a name of a private network.`;
  return spellingNames.test(host) ? `${host} resolves to an address that its name spells.` : null;
}

/** Why `address` must not be dialled, in a sentence; null when it may be. Source: floom.md section 10, SSRF guard. */
export function judgeDialAddress(address: string, { allowLoopback }: DialRules): string | null {
  if (/[\r\n\t]/.test(address) || !URL.canParse(address)) return "It is not a URL.";
  const url = new URL(address);
  const host = url.hostname.replace(/\.$/, "");
  if (url.username !== "" || url.password !== "") return "A URL with a user name or password is not dialled.";
  if (allowLoopback && isLoopback(host) && (url.protocol === "http:" || url.protocol === "https:"))
    return null;
  if (url.protocol !== "https:") return "Only https is dialled.";
  return judgeHost(host);
}
