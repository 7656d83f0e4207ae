/** Subscribes to changes; the returned function ends the subscription. */
export type Subscribe = (listener: () => void) => () => void;

/** Settles with "changed", or "idle" after `idleMs`; rejects with the signal's reason when it aborts. */
export async function waitForChange(
  subscribe: Subscribe,
  options: { signal: AbortSignal; idleMs: number },
): Promise<"changed" | "idle"> {
  const { signal, idleMs } = options;
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<"changed" | "idle">();
  const onAbort = () => reject(signal.reason);
  const unsubscribe = subscribe(() => resolve("changed"));
  const timer = setTimeout(resolve, idleMs, "idle");
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await promise;
  } finally {
    unsubscribe();
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

const DEFAULT_KEEPALIVE_MS = 90_000;
const MIN_KEEPALIVE_MS = 1_000;

/** How long a stream may be silent, from the `Keepalive-Ping-Interval` header (seconds). */
export function keepaliveIntervalMs(header: Headers): number {
  const seconds = Number(header.get("keepalive-ping-interval") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0
    ? Math.max(MIN_KEEPALIVE_MS, seconds * 1000)
    : DEFAULT_KEEPALIVE_MS;
}
