import type { Clock } from "../clock.ts";

/**
 * Counts what a Durable Object costs since it was loaded: rows written, and the time it is kept awake by work under
 * way, what that work waits for included. Work that overlaps counts once, as it is billed.
 */
export class Meter {
  rows = 0;
  readonly #clock: Clock;
  #underWay = 0;
  #awakeSince = 0;
  #spentMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get activeMs(): number {
    return this.#spentMs + (this.#underWay > 0 ? this.#clock() - this.#awakeSince : 0);
  }

  /** Does the work and answers what it answers, its time counted. */
  async awake<T>(work: () => Promise<T>): Promise<T> {
    if (this.#underWay === 0) this.#awakeSince = this.#clock();
    this.#underWay += 1;
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#spentMs += this.#clock() - this.#awakeSince;
    }
  }
}
