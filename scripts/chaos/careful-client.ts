import { setTimeout as sleep } from "node:timers/promises";
import { ApiProblem, createClient } from "#contract/client";
import type { Client } from "#contract/client";

const AGAIN_MS = 250;
/** A request whose answer never comes is given up and sent again. */
const PATIENCE_MS = 20_000;

/** A client of the Floom under test that gives up on an answer that does not come. */
export function connect({ url, token }: { url: string; token: string }): Client<Response> {
  return createClient<Response>({
    origin: url,
    token,
    fetch: (to, init) => fetch(to, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) }),
  });
}

/**
 * Sends a request until it is answered, as a careful caller does: whatever did not arrive, was cut off or may be
 * repeated is sent again; `onRefusal` hears of it. A refusal that a repeat cannot change is thrown; `signal` ends the trying.
 */
export async function insist<T>(
  request: () => Promise<T>,
  signal: AbortSignal,
  onRefusal?: (error: unknown) => void,
): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    try {
      return await request();
    } catch (error) {
      if (isFinal(error)) throw error;
      onRefusal?.(error);
    }
    await sleep(AGAIN_MS);
  }
}

function isFinal(error: unknown): boolean {
  if (!(error instanceof ApiProblem)) return false;
  return !error.problem.retryable && error.problem.code !== "unexpected_answer";
}
