/**
 * IPv4 ranges that are not the public internet, as first address and prefix length: the IANA special-purpose registry,
 * and Azure's platform address, which is a metadata service behind a public number. What a sandbox may reach and what
 * the edge dials are both judged by it.
 */
export const specialV4Ranges: readonly (readonly [string, number])[] = [
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

/**
 * IPv6 ranges inside global unicast (2000::/3) that are not public, or that carry an IPv4 address in a second spelling.
 * Outside of global unicast nothing is public.
 */
export const specialV6Ranges: readonly (readonly [string, number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];
