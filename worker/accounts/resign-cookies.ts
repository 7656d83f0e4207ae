import { toBase64 } from "../platform/bytes.ts";
import { equalInConstantTime, hmac } from "../platform/crypto.ts";

const OWN_COOKIE = /^(?:__Secure-)?floom\./;

async function sign(value: string, secret: string): Promise<string> {
  return toBase64(await hmac(new TextEncoder().encode(secret), value, "SHA-256"));
}

/** The text that a cookie's value was signed with an earlier secret; null for any other. */
async function readSigned(value: string, secrets: readonly string[]): Promise<string | null> {
  const at = value.lastIndexOf(".");
  const [text, signature] = [value.slice(0, at), value.slice(at + 1)];
  if (at < 1) return null;
  for (const secret of secrets) if (equalInConstantTime(await sign(text, secret), signature)) return text;
  return null;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/**
 * A header of cookies in which those of Floom's that an earlier secret signed are signed with the one in use: the library
 * knows one secret, and a browser that was signed in before a key was rotated stays so. All others stay as they are.
 */
export async function resignCookies(
  header: string,
  { secret, earlier }: { secret: string; earlier: readonly string[] },
): Promise<string> {
  const pairs = header.split(/;\s*/).map(async (pair) => {
    const at = pair.indexOf("=");
    const name = pair.slice(0, at);
    if (at < 1 || !OWN_COOKIE.test(name)) return pair;
    const text = await readSigned(decode(pair.slice(at + 1)), earlier);
    return text === null ? pair : `${name}=${encodeURIComponent(`${text}.${await sign(text, secret)}`)}`;
  });
  return (await Promise.all(pairs)).join("; ");
}
