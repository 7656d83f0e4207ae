import { BlockList, isIP } from "node:net";

/**
 * IPv4 ranges that are not the public internet (IANA special-purpose registry), and Azure's platform
 * address, which is a metadata service behind a public number.
 */
const blockedV4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["168.63.129.16", 32],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

/** Ranges inside 2000::/3 that are not public, or that carry an IPv4 address in a second spelling. */
const blockedV6: readonly (readonly [string, number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

const v4 = new BlockList();
for (const [net, prefix] of blockedV4) v4.addSubnet(net, prefix, "ipv4");
const v6 = new BlockList();
for (const [net, prefix] of blockedV6) v6.addSubnet(net, prefix, "ipv6");
const globalUnicast = new BlockList();
globalUnicast.addSubnet("2000::", 3, "ipv6");

/**
 * Whether an address belongs to the public internet. IPv6 is judged by what is allowed (global unicast), so
 * loopback, link-local, unique-local, multicast, mapped, NAT64 and every range not yet handed out fall away.
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !v4.check(address, "ipv4");
  if (family === 6) return globalUnicast.check(address, "ipv6") && !v6.check(address, "ipv6");
  return false;
}
