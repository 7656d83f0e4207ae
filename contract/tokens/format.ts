/** What a token is for, as its first characters say: a person's own, or a service account's. */
export type TokenKind = "personal" | "service";

const prefixes: Record<TokenKind, string> = { personal: "flm_pat_", service: "flm_svc_" };
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const CHANCE_CHARACTERS = 32;
const CHECK_CHARACTERS = 6;
/** The largest multiple of 62 that a byte can reach: a byte above it is drawn again, so that every digit is as likely. */
const FAIR_BYTES = 248;

/** Finds tokens in any text. What matches is one only if `isTokenForm` says so, too. */
export const tokenPattern = /\bflm_(?:pat|svc)_[0-9A-Za-z]{38}\b/;

/**
 * Builds a token: its prefix, 32 digits of base 62 from `chance`, and the CRC-32 of all that in six more. Null when
 * there is too little chance: of bytes above 247 nothing is taken. 64 bytes are enough but once in 10^30. Pure.
 */
export function buildToken(kind: TokenKind, chance: Uint8Array): string | null {
  const digits = Array.from(chance)
    .filter((byte) => byte < FAIR_BYTES)
    .slice(0, CHANCE_CHARACTERS)
    .map((byte) => DIGITS.charAt(byte % DIGITS.length));
  if (digits.length < CHANCE_CHARACTERS) return null;
  const head = prefixes[kind] + digits.join("");
  return head + checkOf(head);
}

/** True for a text that this format could have made: its own last six digits say so, and no server is asked. Pure. */
export function isTokenForm(text: string): boolean {
  const [found] = tokenPattern.exec(text) ?? [];
  return found === text && checkOf(text.slice(0, -CHECK_CHARACTERS)) === text.slice(-CHECK_CHARACTERS);
}

/** True for a text that begins as these tokens do, well-formed or not. Pure. */
export function hasTokenPrefix(text: string): boolean {
  return Object.values(prefixes).some((prefix) => text.startsWith(prefix));
}

/** The CRC-32 of a text in base 62, with zeros before it. */
function checkOf(text: string): string {
  let rest = crc32(text);
  let digits = "";
  for (let place = 0; place < CHECK_CHARACTERS; place += 1) {
    digits = DIGITS.charAt(rest % DIGITS.length) + digits;
    rest = Math.floor(rest / DIGITS.length);
  }
  return digits;
}

/** CRC-32 as zip and PNG have it (polynomial 0xEDB88320, reflected), of a text of ASCII characters. */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (const character of text) {
    crc ^= character.charCodeAt(0);
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
