import { takeTurn } from "./take-turn.ts";
import type { Pace } from "./take-turn.ts";

/** So many keys are remembered; a stranger with more addresses than that pushes out those that asked longest ago. */
const MOST_KEYS = 20_000;

/** Counts in memory, for one isolate. What is forgotten with it was counted too low, never too high. */
export class RateCounters {
  readonly #until = new Map<string, number>();
  readonly #mostKeys: number;

  constructor(mostKeys = MOST_KEYS) {
    this.#mostKeys = mostKeys;
  }

  get size(): number {
    return this.#until.size;
  }

  /** Milliseconds to wait; 0 where the request is within the pace, which then has been counted. */
  take(key: string, pace: Pace, now: number): number {
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
}
