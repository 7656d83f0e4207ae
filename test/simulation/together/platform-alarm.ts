import { WakeUp } from "../../../worker/platform/objects/wake-up.ts";
import type { WakeUpDeps } from "../../../worker/platform/objects/wake-up.ts";
import type { Life, Surroundings } from "./surroundings.ts";

/** So long a handler may take before the platform ends it, and its object with it. */
const MOST_HANDLER_MS = 900_000;
const REPEATED_AFTER_MS = 2000;
const DAY_MS = 86_400_000;

interface Owner {
  name: string;
  /** Does what is due. */
  ring: () => Promise<void>;
  /** The platform lets go of the object. */
  reset: () => void;
}

/**
 * The alarm of a Durable Object, as the platform keeps it: one time, which outlives the object; one handler at a time;
 * what was not dealt with to the end is repeated.
 */
export class PlatformAlarm {
  /** When it rings next, epoch milliseconds. */
  at: number | null = null;
  isRinging = false;
  /** The most that it rang on any day of the history. */
  mostRings = 0;
  #today = { day: 0, rings: 0 };
  readonly #world: Surroundings;
  readonly #owner: Owner;
  readonly #begin: number;
  #unset: () => void = () => {};
  #handler = 0;

  constructor(world: Surroundings, owner: Owner) {
    this.#world = world;
    this.#owner = owner;
    this.#begin = world.now;
  }

  /** The real wake-up of one life of an object, over this alarm. What is armed before it knows the alarm comes after. */
  wakeUp(life: Life, deps: Omit<WakeUpDeps, "clock">) {
    let known = Promise.resolve();
    const storage = {
      getAlarm: async () => this.at,
      setAlarm: async (at: number) => {
        if (life.isAlive) this.#set(at);
      },
      deleteAlarm: async () => {
        if (!life.isAlive) return;
        this.#unset();
        this.at = null;
      },
    };
    const blockConcurrencyWhile = (work: () => Promise<void>) => (known = work());
    const ctx = { storage, blockConcurrencyWhile, waitUntil: () => {} } as unknown as DurableObjectState;
    const wakeUp = new WakeUp(ctx, { ...deps, clock: this.#world.clock });
    const then = (act: () => void) => void known.then(() => life.isAlive && act());
    return {
      recall: () => wakeUp.recall(),
      arm: (at: number) => then(() => wakeUp.arm(at)),
      rearm: () => then(() => wakeUp.rearm()),
      disarm: () => then(() => void wakeUp.disarm()),
      answer: async (work: () => Promise<void>) => {
        await known;
        await wakeUp.answer(work);
      },
    };
  }

  #set(at: number): void {
    this.#unset();
    this.at = at;
    this.#unset = this.#world.timers.after(at - this.#world.now, () => this.#due());
  }

  #due(): void {
    // The handler that is at work comes to its end first.
    if (this.isRinging || this.at === null) return;
    this.at = null;
    this.isRinging = true;
    const handler = ++this.#handler;
    const day = Math.floor((this.#world.now - this.#begin) / DAY_MS);
    this.#today = { day, rings: day === this.#today.day ? this.#today.rings + 1 : 1 };
    this.mostRings = Math.max(this.mostRings, this.#today.rings);
    const isMine = () => handler === this.#handler && this.isRinging;
    const drop = this.#world.timers.after(MOST_HANDLER_MS, () => isMine() && this.#owner.reset());
    const over = (again: boolean) => {
      drop();
      if (!isMine()) return;
      this.isRinging = false;
      if (again && this.at === null) this.#set(this.#world.now + REPEATED_AFTER_MS);
      else if (this.at !== null && this.at <= this.#world.now) this.#due();
    };
    this.#owner.ring().then(
      () => over(false),
      () => over(true),
    );
  }

  /** The object went away: what its handler had begun is begun again. */
  crashed(): void {
    if (!this.isRinging) return;
    this.isRinging = false;
    this.#handler += 1;
    if (this.at === null) this.#set(this.#world.now + REPEATED_AFTER_MS);
    else if (this.at <= this.#world.now) this.#set(this.#world.now);
  }
}
