const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Lower-case hex of some bytes. */
export function toHex(bytes: ArrayBuffer | Uint8Array): string {
  let text = "";
  for (const byte of bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes)) text += HEX[byte];
  return text;
}

/** The bytes that hex digits of either case stand for; null when the text is none. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^(?:[0-9a-fA-F]{2})+$/.test(text)) return null;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Base64 of some bytes, with padding (RFC 4648, section 4). */
export function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** The bytes that base64 stands for, with or without its padding; null when the text is none. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}

/** Base64 that needs no escaping in an address or a header, without padding (RFC 4648, section 5). */
export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The bytes that base64url stands for; null when the text is none. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[\w-]*$/.test(text)) return null;
  return fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
}

/** Where what is read begins when nobody says how long it is. */
const FIRST_BYTES = 64 * 1024;

/**
 * All that a stream holds; null, and the rest is not read, when that is more than `mostBytes`. It goes into one buffer of
 * `expectedBytes`, or one that doubles: pieces and a whole made of them would take twice the memory.
 */
export async function readAtMost(
  stream: AsyncIterable<Uint8Array>,
  mostBytes: number,
  expectedBytes = 0,
): Promise<Uint8Array<ArrayBuffer> | null> {
  let bytes = new Uint8Array(Math.min(mostBytes, expectedBytes || FIRST_BYTES));
  let size = 0;
  for await (const part of stream) {
    if (size + part.byteLength > mostBytes) return null;
    if (size + part.byteLength > bytes.byteLength) {
      const larger = new Uint8Array(
        Math.min(mostBytes, Math.max(bytes.byteLength * 2, size + part.byteLength)),
      );
      larger.set(bytes.subarray(0, size));
      bytes = larger;
    }
    bytes.set(part, size);
    size += part.byteLength;
  }
  return bytes.subarray(0, size);
}

/** Two pieces as one. */
export function concatBytes(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(head.byteLength + tail.byteLength);
  whole.set(head);
  whole.set(tail, head.byteLength);
  return whole;
}
