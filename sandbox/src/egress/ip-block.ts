import { BlockList, isIP } from "node:net";
import { specialV4Ranges, specialV6Ranges } from "#contract/special-addresses";

const v4 = new BlockList();
for (const [net, prefix] of specialV4Ranges) v4.addSubnet(net, prefix, "ipv4");
const v6 = new BlockList();
for (const [net, prefix] of specialV6Ranges) v6.addSubnet(net, prefix, "ipv6");
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
