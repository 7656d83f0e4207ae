import { isIP } from "node:net";

/** A host and port asked for through the proxy, with the host in its one normal spelling. */
export interface EgressTarget {
  host: string;
  port: number;
  isAddress: boolean;
}

function stripBrackets(hostname: string): string {
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}

function toTarget(url: URL, port: number): EgressTarget | undefined {
  const host = stripBrackets(url.hostname).replace(/\.$/, "");
  if (host === "" || host.endsWith(".") || url.username !== "" || url.password !== "") return undefined;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
  return { host, port, isAddress: isIP(host) !== 0 };
}

/**
 * The target of `CONNECT host:port`. The URL parser turns every spelling of an IPv4 address (decimal, hex,
 * octal, short, full-width) into dotted form, so that the address tables see one.
 */
export function parseConnectTarget(authority: string): EgressTarget | undefined {
  const port = /:(\d{1,5})$/.exec(authority)?.[1];
  if (port === undefined || /[\s/?#@\\]/.test(authority)) return undefined;
  const text = `http://${authority}`;
  return URL.canParse(text) ? toTarget(new URL(text), Number(port)) : undefined;
}

/** The URL and target of a proxied plain request, `GET http://host/path`; undefined for any other form. */
export function parseAbsoluteForm(requestUrl: string): { url: URL; target: EgressTarget } | undefined {
  if (!/^http:\/\//i.test(requestUrl) || !URL.canParse(requestUrl)) return undefined;
  const url = new URL(requestUrl);
  const target = toTarget(url, url.port === "" ? 80 : Number(url.port));
  return target === undefined ? undefined : { url, target };
}

/** Whether a tunnel is asked for to exactly the configured origin of Floom's own edge. */
export function isEdgeOrigin(target: EgressTarget, edgeOrigin: string): boolean {
  const host = target.host.includes(":") ? `[${target.host}]` : target.host;
  return URL.parse(`http://${host}:${target.port}`)?.origin === edgeOrigin;
}
