/**
 * Whether an origin leads to this machine and no further: a loopback address, or a name that no public name server
 * resolves (RFC 6761). None is taken for one, for nobody else has been told of it. Pure.
 */
export function isLocalOrigin(origin: string): boolean {
  if (origin === "") return true;
  const host = URL.parse(origin)?.hostname ?? "";
  return /^(?:127(?:\.\d+){3}|\[::1\]|(?:.+\.)?(?:localhost|test))$/.test(host);
}
