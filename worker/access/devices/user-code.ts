import { USER_CODE_LETTERS } from "#contract/devices/device";

const LENGTH = 8;
/** The largest multiple of the letters' number that a byte can reach: a byte above it is drawn again. */
const FAIR_BYTES = 240;

/** A code that a person can read and type, `XXXX-XXXX`, from bytes of chance; null when there are too few. Pure. */
export function buildUserCode(chance: Uint8Array): string | null {
  const letters = Array.from(chance)
    .filter((byte) => byte < FAIR_BYTES)
    .slice(0, LENGTH)
    .map((byte) => USER_CODE_LETTERS.charAt(byte % USER_CODE_LETTERS.length))
    .join("");
  return letters.length < LENGTH ? null : showCode(letters);
}

/** The code as it is shown, of what a person typed: small letters, spaces and other signs do not matter. Null for none. Pure. */
export function readUserCode(typed: string): string | null {
  const letters = typed.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
  const isCode =
    letters.length === LENGTH && Array.from(letters).every((letter) => USER_CODE_LETTERS.includes(letter));
  return isCode ? showCode(letters) : null;
}

const showCode = (letters: string) => `${letters.slice(0, LENGTH / 2)}-${letters.slice(LENGTH / 2)}`;
