import { MOST_SKEW_MS, takeTurn } from "./take-turn.ts";
import type { Pace } from "./take-turn.ts";

/** So many keys are remembered; a stranger with more addresses than that pushes out those that asked longest ago. */
const MOST_KEYS = 20_000;

/** Counts in memory, for one isolate. What is forgotten with it was counted too low, never too high. */
export class RateCounters {
  readonly #until = new Map<string, number>();
  readonly #mostKeys: number;
  /** The latest time that anything was counted at, and how far the clock has been set back before. */
  #latest = 0;
  #setBackMs = 0;

  constructor(mostKeys = MOST_KEYS) {
    this.#mostKeys = mostKeys;
  }

  get size(): number {
    return this.#until.size;
  }

  /** Milliseconds to wait; 0 where the request is within the pace, which then has been counted. */
  take(key: string, pace: Pace, clock: number): number {
    const now = this.#timeOf(clock);
    const turn = takeTurn(this.#until.get(key), pace, now);
    if (turn.until === null) return turn.waitMs;
    // Behind all others: those that asked longest ago are first.
    this.#until.delete(key);
    this.#until.set(key, turn.until);
    for (const [oldest, until] of this.#until) {
      if (until > now && this.#until.size <= this.#mostKeys) break;
      this.#until.delete(oldest);
    }
    return 0;
  }

  /**
   * A time that never goes back, and goes on where the clock is set back. Counts of a time that is yet to come would shut
   * their askers out until it has come; to forget them would let each ask anew.
   */
  #timeOf(clock: number): number {
    if (clock + this.#setBackMs < this.#latest - MOST_SKEW_MS) this.#setBackMs = this.#latest - clock;
    this.#latest = Math.max(this.#latest, clock + this.#setBackMs);
    return this.#latest;
  }
}
