import { isAddress, isLoopbackHost, isPublicAddress } from "./ip-address.ts";

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

/**
 * Names below those that mean this machine, this site or this cluster (RFC 6761, RFC 6762, RFC 8375, ICANN's .internal, the
 * Kubernetes services below .svc and .cluster.local), and those that no public host has; whatever stands before.
 */
const siteNames =
  /\.(?:localhost|local|localdomain|internal|intranet|lan|corp|home|arpa|onion|svc|test|invalid)$/;

/** Public names that resolve to the address written in them, or to this machine. */
const spellingNames = /(?:^|\.)(?:nip\.io|sslip\.io|xip\.io|localtest\.me|lvh\.me|vcap\.me|lacolhost\.com)$/;

function judgeHost(host: string): string | null {
  if (isAddress(host))
    return isPublicAddress(host) ? null : `${host} is not an address of the public internet.`;

  if (!host.includes(".") || siteNames.test(host)) return `${host} is a name of a private network.`;
  return spellingNames.test(host) ? `${host} resolves to an address that its name spells.` : null;
}

/** Why `address` must not be dialled, in a sentence; null when it may be. Source: floom.md section 10, SSRF guard. */
export function judgeDialAddress(address: string, { allowLoopback }: DialRules): string | null {
  if (/[\r\n\t]/.test(address) || !URL.canParse(address)) return "It is not a URL.";
  const url = new URL(address);
  const host = url.hostname.replace(/\.+$/, "");
  if (url.username !== "" || url.password !== "") return "A URL with a user name or password is not dialled.";
  if (allowLoopback && isLoopbackHost(host) && (url.protocol === "http:" || url.protocol === "https:"))
    return null;
  if (url.protocol !== "https:") return "Only https is dialled.";
  return judgeHost(host);
}
