import type { Random } from "../../support/random.ts";
import { VirtualTimers } from "../virtual-timers.ts";
import { Faults } from "./faults.ts";
import type { Way } from "./faults.ts";

/** How long somebody waits for an answer that does not come. */
const SILENT_MS = 60_000;
const LATE_MS = 20_000;
/** So long, at most, what an object sends that was replaced is on its way. */
const LINGERS_MS = 60_000;

/** An object that nobody asks anything is put to sleep after so long. */
const HIBERNATES_AFTER_MS = 10_000;

/** One life of an object: what it has under way is over with it. */
export class Life {
  isAlive = true;
  /** It was replaced, and goes on all the same with the launch that it is at; nothing that it writes is kept. */
  lingers = false;
  /** Calls that it waits for. */
  #pending = 0;
  /** When it did something last. */
  #usedAt = 0;
  readonly #onCrash: () => void;

  constructor(onCrash: () => void) {
    this.#onCrash = onCrash;
  }

  /** It does something: for itself, or because somebody asks. */
  use(now: number): void {
    this.#usedAt = now;
  }

  beginCall(now: number): void {
    this.#pending += 1;
    this.use(now);
  }

  endCall(now: number): void {
    this.#pending -= 1;
    this.use(now);
  }

  isIdle(now: number): boolean {
    return this.#pending === 0 && now - this.#usedAt > HIBERNATES_AFTER_MS;
  }

  crash(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.#onCrash();
  }
}

/** What an object that was replaced may still go on with. */
const LINGERING: ReadonlySet<Way> = new Set(["launch", "own_launch"]);

/** Time, chance and the ways between the parts: all that every part of the simulated Floom shares. */
export class Surroundings {
  now = Date.parse("2026-10-24T20:00:10Z");
  readonly random: Random;
  readonly faults: Faults;
  readonly timers = new VirtualTimers(() => this.now);
  readonly history: string[] = [];
  /** When a call of this way failed last, or an object went away. */
  readonly troubledAt = new Map<Way | "crash", number>();
  /** What must never happen and did. */
  readonly violations: string[] = [];
  readonly clock = () => this.now;

  constructor(random: Random) {
    this.random = random;
    this.faults = new Faults(random);
    this.note(this.faults.describe());
  }

  note(text: string): void {
    this.history.push(`${new Date(this.now).toISOString()} ${text}`);
  }

  blame(text: string): void {
    this.note(`VIOLATION ${text}`);
    this.violations.push(text);
  }

  #latency(): number {
    const roll = this.random.next();
    if (roll < 0.8) return 1 + Math.floor(roll * 50);
    return Math.floor(roll * 4000);
  }

  /**
   * A call that leaves an object, with all that may become of it. When the object goes away meanwhile, nobody hears the
   * answer, but for an object that was replaced and does not know it; what was asked may happen all the same.
   */
  call<T>(life: Life, way: Way, act: () => T | Promise<T>): Promise<T> {
    const goesOn = () => life.isAlive || (life.lingers && LINGERING.has(way));
    if (!goesOn()) return new Promise(() => {});
    if (life.isAlive && this.faults.crashes()) {
      this.troubledAt.set("crash", this.now);
      this.timers.after(0, () => life.crash());
      life.lingers = LINGERING.has(way) && this.random.chance(0.3);
      if (!life.lingers) {
        if (this.random.chance(0.5))
          this.timers.after(this.#latency(), () => void this.#happen(act).catch(() => {}));
        return new Promise(() => {});
      }
    }
    life.beginCall(this.now);
    return new Promise((resolve, reject) => {
      const answer = (say: () => void) => {
        life.endCall(this.now);
        if (goesOn()) say();
      };
      const fail = () => answer(() => reject(new Error(`${way}: no answer`)));
      const fault = this.faults.of(way);
      if (fault !== null) {
        this.note(`${way} is ${fault}`);
        this.troubledAt.set(way, this.now);
      }
      if (fault === "refused" || fault === "silent")
        return void this.timers.after(fault === "silent" ? SILENT_MS : this.#latency(), fail);
      const lingersFor = life.lingers ? this.random.below(LINGERS_MS) : 0;
      const delay = this.#latency() + (fault === "late" ? LATE_MS : 0) + lingersFor;
      this.timers.after(delay, () => {
        void this.#happen(act).then(
          (value) => (fault === "lost" ? fail() : answer(() => resolve(value))),
          (error: unknown) => answer(() => reject(error)),
        );
      });
    });
  }

  async #happen<T>(act: () => T | Promise<T>): Promise<T> {
    return act();
  }
}
