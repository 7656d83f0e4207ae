/** One step of a JSON Pointer (RFC 6901), slash included. Pure. */
export function pointerStep(name: PropertyKey): string {
  return `/${String(name).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
