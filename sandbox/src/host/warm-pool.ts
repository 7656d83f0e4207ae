import { log } from "../log.ts";
import type { SandboxHost } from "./sandbox-host.ts";
import type { SandboxRecord } from "./sandbox-record.ts";
import type { SandboxSpec } from "./sandbox-spec.ts";

/** What the pool needs of who owns the sandboxes. */
export type PoolHost = Pick<SandboxHost, "launchUnowned" | "claim" | "create" | "renewUnowned"> & {
  sandboxes: Pick<SandboxHost["sandboxes"], "destroy">;
};

/** Somebody who found no member ready, and gets the next one. */
type Waiting = Pick<PromiseWithResolvers<string>, "resolve" | "reject">;

const RENEW_EVERY_MS = 5 * 60_000;
const RETRY_AFTER_MS = 2_000;
const STOPPING = () => new Error("the server is stopping");
/** A start takes a processor for a tenth of a second: while another member waits, what was just claimed goes first. */
const REFILL_DELAY_MS = 300;

/**
 * Keeps `size` started sandboxes ready, so that a create costs a claim and not a start. Whoever finds none gets the next that
 * is started, as ready as a member: what waits in one for its orders would otherwise be started for them, at many times the cost.
 * Members are on record like any sandbox, and their agents end by themselves when no server renews them.
 */
export class WarmPool {
  readonly #host: PoolHost;
  readonly #size: number;
  readonly #ready: string[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #renewal: NodeJS.Timeout;
  #starting = 0;
  #closed = false;

  constructor(host: PoolHost, size: number) {
    this.#host = host;
    this.#size = size;
    this.#renewal = setInterval(() => this.#renewAll(), RENEW_EVERY_MS).unref();
  }

  /** Starts one sandbox to the point where its agent serves. Throws when that fails: nothing works then. */
  async prime(): Promise<void> {
    const id = await this.#host.launchUnowned();
    if (this.#size > 0) this.#ready.push(id);
    else await this.#host.sandboxes.destroy(id);
    this.#refill();
  }

  /** A sandbox for a client: a waiting one when there is one, else a new one. */
  async create(spec: SandboxSpec): Promise<SandboxRecord> {
    for (let id = this.#ready.shift(); id !== undefined; id = this.#ready.shift()) {
      try {
        return await this.#host.claim(id, spec);
      } catch (error) {
        log("pool member lost", { id, error: String(error) });
      } finally {
        if (this.#ready.length === 0) this.#refill();
        else setTimeout(() => this.#refill(), REFILL_DELAY_MS).unref();
      }
    }
    return this.#size === 0 ? this.#host.create(spec) : this.#host.claim(await this.#next(), spec);
  }

  #next(): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    if (this.#closed) reject(STOPPING());
    else this.#waiting.push({ resolve, reject });
    this.#refill();
    return promise;
  }

  /** Stops refilling and ends the members, which nobody owns. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#renewal);
    for (const { reject } of this.#waiting.splice(0)) reject(STOPPING());
    await Promise.all(this.#ready.splice(0).map((id) => this.#host.sandboxes.destroy(id)));
  }

  /** One start for each who waits; else one at a time, for refills share the processors with the sandboxes people wait for. */
  #refill(): void {
    const wanted = this.#waiting.length > 0 ? this.#waiting.length : Number(this.#ready.length < this.#size);
    while (!this.#closed && this.#starting < wanted) this.#start();
  }

  #start(): void {
    this.#starting += 1;
    this.#host.launchUnowned().then(
      (id) => this.#admit(id),
      (error: unknown) => {
        this.#starting -= 1;
        log("pool refill failed", { error: String(error) });
        if (this.#starting < this.#waiting.length) this.#waiting.shift()?.reject(error);
        setTimeout(() => this.#refill(), RETRY_AFTER_MS).unref();
      },
    );
  }

  #admit(id: string): void {
    this.#starting -= 1;
    const first = this.#closed ? undefined : this.#waiting.shift();
    if (this.#closed) void this.#host.sandboxes.destroy(id);
    else if (first === undefined) this.#ready.push(id);
    else first.resolve(id);
    this.#refill();
  }

  #renewAll(): void {
    for (const id of Array.from(this.#ready)) {
      this.#host.renewUnowned(id).catch(() => {
        const at = this.#ready.indexOf(id);
        if (at >= 0) this.#ready.splice(at, 1);
        void this.#host.sandboxes.destroy(id);
        this.#refill();
      });
    }
  }
}
