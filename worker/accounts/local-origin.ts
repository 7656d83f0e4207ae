/** The names that lead to this machine and nowhere else. A name that merely resolves to it is none: anybody may have one. */
const LOOPBACK_HOSTS = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** Whether an origin is this machine's own, by its very name. False for what is no address. Pure. */
export function isLoopbackOrigin(origin: string): boolean {
  const url = URL.parse(origin);
  return url !== null && LOOPBACK_HOSTS.has(url.hostname);
}
