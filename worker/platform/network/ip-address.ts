import ipaddr from "ipaddr.js";
import { specialV4Ranges, specialV6Ranges } from "#contract/special-addresses";

type Address = ReturnType<typeof ipaddr.process>;

const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");
const toBlock = ([net, prefix]: readonly [string, number]) => ipaddr.parseCIDR(`${net}/${prefix}`);
const special = [...specialV4Ranges, ...specialV6Ranges].map(toBlock);

/** An address as IPv4 or IPv6, in brackets or not; null for what is none. IPv4 is written in four decimal parts. */
function parse(text: string): Address | null {
  const plain = text.replace(/^\[(.*)\]$/, "$1");
  if (!plain.includes(":"))
    return ipaddr.IPv4.isValidFourPartDecimal(plain) ? ipaddr.IPv4.parse(plain) : null;

  return ipaddr.IPv6.isValid(plain) && !plain.includes("%") ? ipaddr.IPv6.parse(plain) : null;
}

/** An address, one of IPv4 that is written as IPv6 (`::ffff:192.0.2.1`, RFC 4291 2.5.5.2) as IPv4. */
function unmap(address: Address): Address {
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

function parseBlock(block: string): [Address, number] | null {
  const [text = "", length] = block.split("/");
  const written = parse(text);
  if (written === null || length === "") return null;
  const base = unmap(written);
  const bits = base.kind() === "ipv4" ? 32 : 128;
  const mapped = written.kind() !== base.kind();
  const prefix = length === undefined ? bits : Number(length) - (mapped ? 96 : 0);
  return Number.isInteger(prefix) && prefix >= 0 && prefix <= bits ? [base, prefix] : null;
}

const isIn = (address: Address, [base, prefix]: [Address, number]) =>
  base.kind() === address.kind() && address.match(base, prefix);

/** Whether a block, an address or `address/prefix`, can be read. Pure. */
export function isAddressBlock(block: string): boolean {
  return parseBlock(block) !== null;
}

/**
 * Is `address` in one of the blocks, IPv4 or IPv6? An IPv4 address written as IPv6 counts as IPv4. What cannot be read
 * matches nothing. Pure.
 */
export function isInBlocks(address: string, blocks: readonly string[]): boolean {
  const written = parse(address);
  if (written === null) return false;
  const plain = unmap(written);
  return blocks.some((text) => {
    const block = parseBlock(text);
    return block !== null && isIn(plain, block);
  });
}

/** 127.0.0.0/8 as the parser of URLs writes it, whatever spelling it was given. */
const LOOPBACK_V4 = /^127(?:\.(?:0|[1-9]\d{0,2})){3}$/;

/** Whether a URL's host, as its parser writes it, is this machine itself, whatever a resolver says. Asked with each request. Pure. */
export function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "[::1]" || LOOPBACK_V4.test(host);
}

/** Whether the text is an IP address at all. Pure. */
export function isAddress(text: string): boolean {
  return parse(text) !== null;
}

/**
 * Whether an address belongs to the public internet. IPv6 is judged by what is allowed (global unicast), so loopback,
 * link-local, mapped, NAT64 and every range not yet handed out fall away. Pure.
 */
export function isPublicAddress(text: string): boolean {
  const address = parse(text);
  if (address === null || (address.kind() === "ipv6" && !isIn(address, globalUnicast))) return false;
  return !special.some((block) => isIn(address, block));
}

/** So much of a public address names its network and not its machine, in bits. */
const NETWORK_BITS = { ipv4: 24, ipv6: 48 };

/**
 * Where an address is, without saying which machine it is: `loopback`, `private`, a network such as `192.0.2.0/24`, or
 * `unknown` for what is none. Pure.
 */
export function describeNetwork(text: string): string {
  const written = parse(text);
  if (written === null) return "unknown";
  const address = unmap(written);
  if (address.range() === "loopback") return "loopback";
  if (!isPublicAddress(address.toString())) return "private";
  const bits = NETWORK_BITS[address.kind()];
  const kept = address.toByteArray().map((byte, at) => (at < bits / 8 ? byte : 0));
  return `${ipaddr.fromByteArray(kept).toString()}/${bits}`;
}

/** What one sender has of addresses for itself: an IPv4 address, or a network of IPv6 with 64 bits. The text where it is neither. Pure. */
export function networkOfSender(text: string): string {
  const written = parse(text);
  if (written === null) return text;
  const address = unmap(written);
  if (address.kind() === "ipv4") return address.toString();
  const kept = address.toByteArray().map((byte, at) => (at < 8 ? byte : 0));
  return `${ipaddr.fromByteArray(kept).toString()}/64`;
}
