import { toHex } from "./bytes.ts";

const encoder = new TextEncoder();

export type Hash = "SHA-256" | "SHA-1" | "SHA-512";

/** Hex SHA-256 of text (as UTF-8) or bytes. */
export async function sha256Hex(data: string | Uint8Array | ArrayBuffer): Promise<string> {
  const bytes = typeof data === "string" ? encoder.encode(data) : data;
  return toHex(await crypto.subtle.digest("SHA-256", bytes));
}

/** A key for making and checking MACs. */
function importHmacKey(key: Uint8Array, hash: Hash): Promise<CryptoKey> {
  const algorithm = { name: "HMAC", hash };
  return crypto.subtle.importKey("raw", key, algorithm, false, ["sign", "verify"]);
}

/** The HMAC of `message` under `key`. */
export async function hmac(
  key: Uint8Array,
  message: string | Uint8Array,
  hash: Hash,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = typeof message === "string" ? encoder.encode(message) : message;
  const imported = await importHmacKey(key, hash);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, bytes));
}

/** Hex HMAC-SHA256 of `message` under `key`, both text. */
export async function hmacSha256Hex(key: string, message: string): Promise<string> {
  return toHex(await hmac(encoder.encode(key), message, "SHA-256"));
}

/** The key that was used last, imported: the server's own, with which nearly every request is checked. */
let imported: { key: string; hmacKey: Promise<CryptoKey> } | null = null;

/** As `hmacSha256Hex`, for a key of the server's own, which is not imported anew each time. */
export async function serverHmacHex(key: string, message: string): Promise<string> {
  if (imported?.key !== key) imported = { key, hmacKey: importHmacKey(encoder.encode(key), "SHA-256") };
  return toHex(await crypto.subtle.sign("HMAC", await imported.hmacKey, encoder.encode(message)));
}

/** Compares two strings in a time that depends on their lengths alone. */
export function equalInConstantTime(a: string, b: string): boolean {
  return equalBytesInConstantTime(encoder.encode(a), encoder.encode(b));
}

/** Compares bytes in a time that depends on their lengths alone. */
export function equalBytesInConstantTime(left: Uint8Array, right: Uint8Array): boolean {
  return left.byteLength === right.byteLength && crypto.subtle.timingSafeEqual(left, right);
}
