import { formatLimit, limits } from "#contract/limits";
import { AppError } from "../platform/app-error.ts";

/** What no key holds: control characters, the two ends of the line that JSON lets through, and U+FFFD, which stands for bytes that were no text. */
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffd]/u;
const LAST_CODE_POINT = 0x10_ff_ff;

function refuse(detail: string): AppError {
  return new AppError("invalid_key", `The key ${detail}.`, { errors: [{ pointer: "key", detail }] });
}

/** A key as it may be kept; nothing is changed in it, keys are compared byte by byte. Throws `invalid_key`. Pure. */
export function judgeKey(key: string): string {
  if (key === "") throw refuse("is empty");
  if (!key.isWellFormed() || FORBIDDEN.test(key)) throw refuse("has characters that are no text");
  const bytes = new TextEncoder().encode(key).byteLength;
  if (bytes > limits.store_key_bytes.value)
    throw refuse(`takes ${bytes} bytes; at most ${formatLimit("store_key_bytes")} are possible`);
  return key;
}

/**
 * The first text, by UTF-8 bytes, behind all that begin with `prefix`; null where there is none, as behind the empty
 * prefix. Pure.
 */
export function afterPrefix(prefix: string): string | null {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === LAST_CODE_POINT) points.pop();
  const last = points.pop();
  if (last === undefined) return null;
  // Halves of pairs are no characters.
  const next = last === 0xd7ff ? 0xe000 : last + 1;
  return String.fromCodePoint(...points, next);
}
