import type { IncomingMessage } from "node:http";
import { startFaultProxy } from "./fault-proxy.ts";
import type { FaultProxy } from "./fault-proxy.ts";

const CONTROL_PLANE = /^\/(?:v\d+\/)?sandboxes\b/;

/**
 * The ways between the parts of a Floom, each through a fault proxy: from the edge to the sandbox server, from sandboxes
 * to the edge, and from those who call the edge.
 */
export class FaultyNetwork {
  readonly #seed: number;
  readonly #proxies: FaultProxy[] = [];
  #edge: FaultProxy | undefined;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** The edge as sandboxes and callers find it. */
  get edgeUrl(): string | undefined {
    return this.#edge?.url;
  }

  /** How many requests have suffered so far. */
  get disturbed(): number {
    return this.#proxies.reduce((sum, proxy) => sum + proxy.disturbed(), 0);
  }

  /** Puts a proxy in front of `target`; answers its address. */
  async detour(to: "edge" | "sandbox", target: string): Promise<string> {
    const wayOf =
      to === "edge"
        ? () => "edge" as const
        : ({ url = "" }: IncomingMessage) => (CONTROL_PLANE.test(url) ? "control" : "data");
    const proxy = await startFaultProxy({ target, seed: this.#seed, wayOf });
    this.#proxies.push(proxy);
    if (to === "edge") this.#edge = proxy;
    return proxy.url;
  }

  begin(startedAt: number): void {
    for (const proxy of this.#proxies) proxy.begin(startedAt);
  }

  end(): void {
    for (const proxy of this.#proxies) proxy.end();
  }

  close(): void {
    for (const proxy of this.#proxies) proxy.close();
  }
}
