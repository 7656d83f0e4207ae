import { setTimeout as sleep } from "node:timers/promises";
import { ApiProblem } from "#contract/client";
import type { Client } from "#contract/client";
import { routes } from "#contract/routes";
import { insist } from "./careful-client.ts";
import type { Order } from "./plan.ts";
import { workerName } from "./workers.ts";

export interface Accepted {
  order: Order;
  answered: string[];
}

export interface TrafficOptions {
  client: Client<Response>;
  orders: readonly Order[];
  deliver: (order: Order) => Promise<string>;
  startedAt: number;
  signal: AbortSignal;
}

/** Above this many unfinished runs the callers wait, so that the machine's speed decides how long it all takes. */
const MOST_OPEN = 16;
const LOOK_EVERY_MS = 400;

/**
 * Sends the orders and follows the runs to their ends. Orders of the worker that takes one at a time are sent one
 * after the other, so that their order is known; all others overlap.
 */
export class Traffic {
  readonly accepted: Accepted[] = [];
  readonly #open = new Set<string>();
  readonly #options: TrafficOptions;
  ended = 0;
  #sending = 0;
  #sent = false;
  /** When a run was last accepted or seen to have ended. */
  lastProgressAt = performance.now();
  /** Why a request had to be repeated, the last time; for people who watch. */
  lastRefusal = "";

  constructor(options: TrafficOptions) {
    this.#options = options;
  }

  /** Resolves when every order is accepted and every run has ended; throws when a request is refused for good. */
  async run(): Promise<void> {
    await Promise.all([this.#sendAll(), this.#follow()]);
  }

  async #sendAll(): Promise<void> {
    let lineUp: Promise<void> = Promise.resolve();
    const sent: Promise<void>[] = [];
    for (const order of this.#options.orders) {
      await this.#waitForTurn(order.at_ms);
      this.#sending += 1;
      const send = () => this.#send(order).finally(() => (this.#sending -= 1));
      if (order.kind === "line") sent.push((lineUp = lineUp.then(send)));
      else sent.push(send());
    }
    await Promise.all(sent);
    this.#sent = true;
  }

  async #waitForTurn(atMs: number): Promise<void> {
    const { startedAt, signal } = this.#options;
    while (performance.now() - startedAt < atMs || this.#open.size + this.#sending >= MOST_OPEN)
      await sleep(20, undefined, { signal });
  }

  async #send(order: Order): Promise<void> {
    const { deliver, signal } = this.#options;
    const start = () => (order.kind === "hook" ? deliver(order) : this.#start(order));
    const copies = Array.from({ length: order.copies }, () =>
      insist(start, signal, (error) => (this.lastRefusal = String(error))),
    );
    const answered = await Promise.all(copies);
    this.accepted.push({ order, answered });
    this.lastProgressAt = performance.now();
    for (const id of answered) this.#open.add(id);
  }

  async #start(order: Order): Promise<string> {
    const { id } = await this.#options.client.call(routes.startRun, {
      params: { worker: workerName(order.kind) },
      json: { inputs: order.inputs },
      headers: { "idempotency-key": order.key },
    });
    return id;
  }

  /** Follows runs that were started by somebody else. */
  async follow(accepted: readonly Accepted[]): Promise<void> {
    this.accepted.push(...accepted);
    for (const { answered } of accepted) for (const id of answered) this.#open.add(id);
    await this.#follow();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#options;
    while (!this.#sent || this.#open.size > 0) {
      await sleep(LOOK_EVERY_MS, undefined, { signal });
      await Promise.all([...this.#open].map((id) => this.#look(id)));
    }
  }

  /** A run that cannot be seen now is looked for again; one that is not there any more is a matter for the judge. */
  async #look(id: string): Promise<void> {
    try {
      const run = await this.#options.client.call(routes.getRun, { params: { run: id } });
      if (run.completed_at === null) return;
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.problem.code !== "not_found") return;
    }
    this.#open.delete(id);
    this.ended += 1;
    this.lastProgressAt = performance.now();
  }
}
