const TICK_MS = 500;
/** A tick this late means that the sandbox was paused, not that the agent was busy. */
const PAUSE_GAP_MS = 4_000;

/**
 * Time as the sandbox lives it: it stands still while the host has every process stopped, as a paused virtual
 * machine's does. Commands get their whole time even when a pause lies in it.
 */
export class ActiveClock {
  readonly #now: () => number;
  #lastTickAtMs: number;
  #pausedMs = 0;

  constructor(now: () => number) {
    this.#now = now;
    this.#lastTickAtMs = now();
  }

  /** Starts looking for pauses. */
  start(): void {
    setInterval(() => this.activeMs(), TICK_MS).unref();
  }

  /** Milliseconds that do not count pauses; only differences mean something. */
  activeMs(): number {
    const now = this.#now();
    const gapMs = now - this.#lastTickAtMs;
    if (gapMs > PAUSE_GAP_MS) this.#pausedMs += gapMs;
    this.#lastTickAtMs = now;
    return now - this.#pausedMs;
  }
}
