import { isIP } from "node:net";

/** What is put into requests, by host (a name or `*.name`) and by header; both in lower case. */
export type HostHeaders = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The transforms of a sandbox's network options, as the SDK sends them. */
export type TransformRules = Readonly<
  Record<string, readonly { transform?: { headers?: Record<string, string> | undefined } | undefined }[]>
>;

const hostPattern =
  /^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;
const headerPattern = /^[a-z0-9!#$%&'*+.^_`|~-]{1,128}$/;
/** As a field may have it (RFC 9110, 5.5): nothing that ends a line, or could be taken to. */
const valuePattern = /^[\x20-\x7e]{0,16384}$/;
/** Fields that say where a request goes, where it ends, or that speak of one connection alone. */
const taken: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
/** What E2B's cloud fills in by itself, and nobody does here. */
const placeholder = /\$\{e2b\./;

/** A rule that cannot be followed as it stands. Its message holds no header's value. */
export class InvalidHeaderRule extends Error {
  constructor(rule: string, why: string) {
    super(`network rule ${JSON.stringify(rule)} ${why}`);
    this.name = "InvalidHeaderRule";
  }
}

function readHost(host: string): string {
  const name = host.toLowerCase();
  const last = name.split(".").at(-1) ?? "";
  if (hostPattern.test(name) && !/^\d+$/.test(last)) return name;
  throw new InvalidHeaderRule(host, "names no host: write api.example.com or *.example.com");
}

function readHeader(host: string, header: string, value: string): [name: string, value: string] {
  const name = header.toLowerCase();
  if (!headerPattern.test(name)) throw new InvalidHeaderRule(host, "has a header that no request may have");
  if (taken.has(name)) throw new InvalidHeaderRule(host, `cannot set the header ${name}`);
  if (!valuePattern.test(value))
    throw new InvalidHeaderRule(host, `gives the header ${name} a value that no header may have`);
  if (placeholder.test(value)) {
    throw new InvalidHeaderRule(
      host,
      `gives the header ${name} a placeholder that only E2B's cloud fills in`,
    );
  }
  return [name, value];
}

/** Reads transforms into what they put where; of rules for one host that set the same header the last wins. Throws InvalidHeaderRule. */
export function readTransforms(rules: TransformRules): HostHeaders {
  const all: Record<string, Record<string, string>> = {};
  for (const [host, list] of Object.entries(rules)) {
    const lines = list.flatMap(({ transform }) => Object.entries(transform?.headers ?? {}));
    if (lines.length === 0) continue;
    const name = readHost(host);
    if (Object.hasOwn(all, name)) throw new InvalidHeaderRule(host, "is there twice");
    all[name] = Object.fromEntries(lines.map(([header, value]) => readHeader(host, header, value)));
  }
  return all;
}

/** The same rules with nothing to read in them. */
export function hideValues(headers: HostHeaders): TransformRules {
  const hidden = Object.entries(headers).map(([host, lines]) => {
    const shown = Object.fromEntries(Object.keys(lines).map((name) => [name, "***"]));
    return [host, [{ transform: { headers: shown } }]] as const;
  });
  return Object.fromEntries(hidden);
}

/**
 * What is put into requests to a host, which is in its one normal spelling; undefined for a host of which no rule speaks.
 * The exact name comes first, then the longest `*.name`, which means names below it alone. An address is never a host's.
 */
export function headersFor(headers: HostHeaders, host: string): Readonly<Record<string, string>> | undefined {
  if (isIP(host) !== 0) return undefined;
  if (Object.hasOwn(headers, host)) return headers[host];
  for (let dot = host.indexOf("."); dot !== -1; dot = host.indexOf(".", dot + 1)) {
    const wildcard = `*${host.slice(dot)}`;
    if (dot > 0 && Object.hasOwn(headers, wildcard)) return headers[wildcard];
  }
  return undefined;
}
