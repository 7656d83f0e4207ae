const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const CHARACTERS = 32;
/** The largest multiple of 62 that a byte can reach: of a byte above it nothing is taken, so that every digit is as likely. */
const FAIR_BYTES = 248;

/**
 * Builds the token of a link, `fls_` and 32 digits of base 62, from chance; null when there is too little of it. 64 bytes
 * are enough but once in 10^30. Pure.
 */
export function buildShareToken(chance: Uint8Array): string | null {
  const digits = Array.from(chance)
    .filter((byte) => byte < FAIR_BYTES)
    .slice(0, CHARACTERS)
    .map((byte) => DIGITS.charAt(byte % DIGITS.length));
  return digits.length < CHARACTERS ? null : `fls_${digits.join("")}`;
}
