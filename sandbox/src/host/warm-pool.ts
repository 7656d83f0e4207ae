import { log } from "../log.ts";
import type { SandboxHost } from "./sandbox-host.ts";
import type { SandboxRecord } from "./sandbox-record.ts";
import type { SandboxSpec } from "./sandbox-spec.ts";

const RENEW_EVERY_MS = 5 * 60_000;
const RETRY_AFTER_MS = 2_000;
/** A start takes a processor for a tenth of a second: while another member waits, what was just claimed goes first. */
const REFILL_DELAY_MS = 300;

/**
 * Keeps `size` started sandboxes ready, so that a create costs a claim and not a start. Members are on record
 * like any sandbox, and their agents end by themselves when no server renews them.
 */
export class WarmPool {
  readonly #host: SandboxHost;
  readonly #size: number;
  readonly #ready: string[] = [];
  readonly #renewal: NodeJS.Timeout;
  #starting = 0;
  #closed = false;

  constructor(host: SandboxHost, size: number) {
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
    return this.#host.create(spec);
  }

  /** Stops refilling and ends the members, which nobody owns. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#renewal);
    await Promise.all(this.#ready.splice(0).map((id) => this.#host.sandboxes.destroy(id)));
  }

  /** One start at a time: refills share the processors with the sandboxes people wait for. */
  #refill(): void {
    if (this.#closed || this.#starting > 0 || this.#ready.length >= this.#size) return;
    this.#starting += 1;
    this.#host.launchUnowned().then(
      (id) => this.#admit(id),
      (error: unknown) => {
        this.#starting -= 1;
        log("pool refill failed", { error: String(error) });
        setTimeout(() => this.#refill(), RETRY_AFTER_MS).unref();
      },
    );
  }

  #admit(id: string): void {
    this.#starting -= 1;
    if (this.#closed) void this.#host.sandboxes.destroy(id);
    else this.#ready.push(id);
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
