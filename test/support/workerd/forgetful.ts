import { AsyncLocalStorage } from "node:async_hooks";
import { DurableObject } from "cloudflare:workers";
import type { EdgeEnv } from "../../../worker/env.ts";

type ObjectClass = new (ctx: DurableObjectState, env: EdgeEnv) => DurableObject<EdgeEnv>;

/** Timers of one instance. */
type Timers = Set<ReturnType<typeof setTimeout>>;

/** Whose code runs: the timers of the instance that is acting. */
const acting = new AsyncLocalStorage<Timers>();
let seesTimers = false;

/** From now on every timer is known to the instance that set it. */
function seeTimers(): void {
  if (seesTimers) return;
  seesTimers = true;
  globalThis.setTimeout = new Proxy(globalThis.setTimeout, {
    apply(target, self, args: Parameters<typeof setTimeout>) {
      const timer = Reflect.apply(target, self, args);
      acting.getStore()?.add(timer);
      return timer;
    },
  });
}

/** What an object has under way, calls included: as long as there is some, no platform evicts it. */
class Work {
  #underWay = 0;
  /** What constructors have to finish before anybody is heard. */
  #openings: Promise<unknown>[] = [];

  /** Sees what is begun with this context from now on. */
  constructor(ctx: DurableObjectState) {
    const { waitUntil, blockConcurrencyWhile } = ctx;
    Object.defineProperties(ctx, {
      waitUntil: {
        configurable: true,
        value: (work: Promise<unknown>) => waitUntil.call(ctx, this.until(work)),
      },
      blockConcurrencyWhile: {
        configurable: true,
        value: (open: () => Promise<unknown>) => {
          const opening = this.until(blockConcurrencyWhile.call(ctx, open));
          this.#openings.push(opening);
          return opening;
        },
      },
    });
  }

  get isIdle(): boolean {
    return this.#underWay === 0;
  }

  async until<T>(work: Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await work;
    } finally {
      this.#underWay -= 1;
    }
  }

  async opened(): Promise<void> {
    await Promise.all(this.#openings);
    this.#openings = [];
  }
}

/**
 * An object that is evicted before every call, whoever calls: a test, another object, its alarm, a socket. What it has
 * stored goes on, and nothing else: timers go with it. While it has work under way it stays, as it would in production: two instances over
 * one storage there never are.
 */
export function makeForgetful<Kept extends ObjectClass>(kept: Kept): Kept {
  seeTimers();
  class Forgetful extends DurableObject<EdgeEnv> {
    readonly #work: Work;
    readonly #timers: Timers = new Set();
    #instance: DurableObject<EdgeEnv>;

    constructor(ctx: DurableObjectState, env: EdgeEnv) {
      super(ctx, env);
      this.#work = new Work(ctx);
      this.#instance = this.#open();
    }

    #open(): DurableObject<EdgeEnv> {
      for (const timer of this.#timers) clearTimeout(timer);
      this.#timers.clear();
      return acting.run(this.#timers, () => new kept(this.ctx, this.env));
    }

    call(name: string, args: readonly unknown[]): Promise<unknown> {
      if (this.#work.isIdle) this.#instance = this.#open();
      const instance = this.#instance;
      const act = async (): Promise<unknown> => {
        await this.#work.opened();
        const method: unknown = Reflect.get(instance, name, instance);
        if (typeof method !== "function") throw new TypeError(`There is no ${name}.`);
        return Reflect.apply(method, instance, args);
      };
      return this.#work.until(acting.run(this.#timers, act));
    }
  }
  for (const name of Object.getOwnPropertyNames(kept.prototype)) {
    if (name === "constructor") continue;
    Object.defineProperty(Forgetful.prototype, name, {
      value(this: Forgetful, ...args: unknown[]) {
        return this.call(name, args);
      },
    });
  }
  // The same methods under the same names; of a class that is made of another the language cannot say so.
  return Forgetful as unknown as Kept;
}
