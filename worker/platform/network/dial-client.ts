import { judgeDialAddress } from "./dial-address.ts";
import type { DialRules } from "./dial-address.ts";

/** The one way in which this edge calls whoever is outside. An address that is not to be dialled is not. */
export type Dial = (url: string, init: RequestInit) => Promise<Response>;

/** An address that is not dialled; the message says why, and is safe to show. */
export class NotDialled extends Error {
  override readonly name = "NotDialled";
}

/**
 * Nobody was there, or the connection broke off. What the network itself said is the cause: it helps nobody who reads it, and
 * may hold the whole address with what is secret in it. The message is safe to show.
 */
export class NotReached extends Error {
  override readonly name = "NotReached";
}

interface Network {
  fetch: Dial;
}

/** What an edge calls out by. */
export interface DialDeps extends DialRules {
  /**
   * A network that leads to public addresses alone, whatever a name is resolved to at that moment. A machine's own edge
   * has one; where there is none the platform itself leads no request into a private network.
   */
  publicNetwork: Network | undefined;
}

/**
 * For addresses that a user has named: each is judged before it is dialled, redirects come back as they are, and nothing
 * of this edge's own goes along but what the caller puts there.
 */
export function openStrangerDial({ publicNetwork, allowLoopback }: DialDeps): Dial {
  return async (url, init) => {
    const reason = judgeDialAddress(url, { allowLoopback });
    if (reason !== null) throw new NotDialled(reason);
    const strict: RequestInit = { ...init, redirect: "manual" };
    // Whoever may reach this machine's own loopback does not want the network that leads nowhere near it.
    return publicNetwork === undefined || allowLoopback
      ? reach(url, init, () => fetch(url, strict))
      : reach(url, init, () => publicNetwork.fetch(url, strict));
  };
}

/** Asks, and says of a network's failure whom it did not reach. Whoever gave up is told so as ever. */
async function reach(url: string, { signal }: RequestInit, ask: () => Promise<Response>): Promise<Response> {
  try {
    return await ask();
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    const host = URL.parse(url)?.host ?? "The address";
    throw new NotReached(`${host} could not be reached, or broke the connection off.`, { cause });
  }
}

/** For addresses that stand in the settings of whoever runs this server, which may be anywhere. */
export function openOperatorDial(): Dial {
  return (url, init) => reach(url, init, () => fetch(url, init));
}
