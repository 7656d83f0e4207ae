import { BlockList, isIP } from "node:net";

/** The egress part of a sandbox's network options, as the SDK sends it. */
export interface EgressOptions {
  allowInternetAccess: boolean;
  allowOut: readonly string[];
  denyOut: readonly string[];
}

interface RuleSet {
  everything: boolean;
  addresses: BlockList;
  domains: string[];
}

/** The rule that means all traffic. */
export const EVERYTHING = "0.0.0.0/0";
const everythingRules = [EVERYTHING, "::/0"];
const domainPattern =
  /^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** Whether a rule is an address or a CIDR block, of either family. */
export function isNetwork(rule: string): boolean {
  return addAddressRule({ everything: false, addresses: new BlockList(), domains: [] }, rule);
}

/** The same of IPv4 alone. */
export function isNetworkOfIpv4(rule: string): boolean {
  return isNetwork(rule) && isIP(rule.split("/")[0] ?? "") === 4;
}

function addAddressRule(set: RuleSet, rule: string): boolean {
  const [address = "", prefixText] = rule.split("/");
  const family = isIP(address);
  if (family === 0) return false;
  const longest = family === 4 ? 32 : 128;
  const prefix = prefixText === undefined ? longest : Number(prefixText);
  if (prefixText !== undefined && !/^\d{1,3}$/.test(prefixText)) return false;
  if (prefix > longest) return false;
  set.addresses.addSubnet(address, prefix, family === 4 ? "ipv4" : "ipv6");
  return true;
}

function normalizeDomain(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

function parseRules(rules: readonly string[]): RuleSet {
  const set: RuleSet = { everything: false, addresses: new BlockList(), domains: [] };
  for (const rule of rules) {
    if (everythingRules.includes(rule) || rule === "*") set.everything = true;
    else if (addAddressRule(set, rule)) continue;
    else if (domainPattern.test(normalizeDomain(rule)) && !/^[\d.]+$/.test(rule))
      set.domains.push(normalizeDomain(rule));
    else throw new InvalidNetworkRule(rule);
  }
  return set;
}

/** A rule that is no address, no CIDR block and no domain name. */
export class InvalidNetworkRule extends Error {
  constructor(rule: string) {
    super(`network rule ${JSON.stringify(rule)} is not an IP address, a CIDR block or a domain name`);
    this.name = "InvalidNetworkRule";
  }
}

function matchesDomain(set: RuleSet, host: string): boolean {
  const name = normalizeDomain(host);
  return set.domains.some((rule) => (rule.startsWith("*.") ? name.endsWith(rule.slice(1)) : name === rule));
}

function matchesAddress(set: RuleSet, address: string): boolean {
  return set.addresses.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

export interface EgressPolicy {
  /**
   * Whether a host name may be looked up: only where a rule speaks of names, or nothing narrows them. A question to a
   * name server carries its name out, so a list of addresses lets no name be asked for.
   */
  mayResolve: (host: string) => boolean;
  /** Whether a connection to `host`, which resolved to `address`, may be made. */
  allows: (host: string, address: string) => boolean;
}

/**
 * Builds the policy of E2B's egress rules: a match in `allowOut` wins over `denyOut`; anything else is
 * allowed unless `denyOut` matches or internet access is off. `*.example.com` covers subdomains only.
 * Throws InvalidNetworkRule.
 */
export function buildEgressPolicy(options: EgressOptions): EgressPolicy {
  const allow = parseRules(options.allowOut);
  const deny = parseRules(options.denyOut);
  const isClosed = deny.everything || !options.allowInternetAccess;
  const isNamed = (set: RuleSet, host: string): boolean => set.everything || matchesDomain(set, host);
  return {
    mayResolve: (host) => isNamed(allow, host) || (!isClosed && !isNamed(deny, host)),
    allows: (host, address) => {
      if (isNamed(allow, host) || matchesAddress(allow, address)) return true;
      return !isClosed && !isNamed(deny, host) && !matchesAddress(deny, address);
    },
  };
}
