/** An address as a number with its width, so that IPv4 and IPv6 never match each other. */
interface Address {
  bits: 32 | 128;
  value: bigint;
}

/**
 * Is `address` one of the blocks, each an address or `address/prefix`, IPv4 or IPv6? An IPv4 address written as IPv6
 * (`::ffff:192.0.2.1`, RFC 4291 2.5.5.2) counts as IPv4. What cannot be read matches nothing.
 */
export function isInBlocks(address: string, blocks: readonly string[]): boolean {
  const parsed = parseAddress(address);
  return parsed !== null && blocks.some((block) => contains(block, parsed));
}

/** Whether a block can be read. */
export function isAddressBlock(block: string): boolean {
  return parseBlock(block) !== null;
}

function contains(block: string, address: Address): boolean {
  const parsed = parseBlock(block);
  if (parsed === null || parsed.base.bits !== address.bits) return false;
  const rest = BigInt(address.bits - parsed.prefix);
  return parsed.base.value >> rest === address.value >> rest;
}

function parseBlock(block: string): { base: Address; prefix: number } | null {
  const [text = "", length] = block.split("/");
  const base = parseAddress(text);
  if (base === null) return null;
  const mapped = base.bits === 32 && text.includes(":");
  const prefix = length === undefined ? base.bits : Number(length) - (mapped ? 96 : 0);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > base.bits || length === "") return null;
  return { base, prefix };
}

function parseAddress(text: string): Address | null {
  const plain = text.replace(/^\[|\]$/g, "");
  if (!plain.includes(":")) {
    const value = parseFour(plain);
    return value === null ? null : { bits: 32, value };
  }
  const value = parseSix(plain);
  if (value === null) return null;
  return value >> 32n === 0xffffn ? { bits: 32, value: value & 0xffffffffn } : { bits: 128, value };
}

function parseFour(text: string): bigint | null {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) {
    return null;
  }
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function parseSix(text: string): bigint | null {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const four = tail ? parseFour(tail[2] ?? "") : null;
  if (tail && four === null) return null;
  const whole =
    tail && four !== null ? `${tail[1]}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}` : text;
  const halves = whole.split("::");
  if (halves.length > 2) return null;
  const [head = [], end = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - end.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...Array<string>(Math.max(missing, 0)).fill("0"), ...end];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return null;
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}
