import canonicalize from "canonicalize";

/** JSON text in which the order of an object's members makes no difference (RFC 8785). Pure. */
export function canonicalJson(value: unknown): string {
  return canonicalize(value) ?? "null";
}
