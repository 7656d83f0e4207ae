import { formatLimit, limits } from "#contract/limits";

/** What is to be said of a value that no server keeps, before it is sent; null of any other. Pure. */
export function whyTooLong(value: string): string | null {
  const bytes = Buffer.byteLength(value);
  if (bytes <= limits.secret_bytes.value) return null;
  return `has ${bytes} bytes; a secret's value has at most ${formatLimit("secret_bytes")}`;
}
