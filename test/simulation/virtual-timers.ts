interface Timer {
  at: number;
  act: () => void;
}

/** Timers of a world whose time is its own: nothing happens but when the world lets it. Of equal ones the older is first. */
export class VirtualTimers {
  readonly #clock: () => number;
  readonly #timers = new Set<Timer>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Calls `act` in so many milliseconds; what it answers takes that back. */
  readonly after = (ms: number, act: () => void): (() => void) => {
    const timer = { at: this.#clock() + ms, act };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  /** When the next one is due, epoch milliseconds; null when there is none. */
  nextAt(): number | null {
    return this.#first()?.at ?? null;
  }

  #first(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) if (first === undefined || timer.at < first.at) first = timer;
    return first;
  }

  /** Lets the earliest one happen, whatever the time is. */
  fireFirst(): void {
    const first = this.#first();
    if (first === undefined) return;
    this.#timers.delete(first);
    first.act();
  }

  /** Lets everything happen that is due. */
  fireDue(): void {
    for (const timer of this.#timers) {
      if (timer.at > this.#clock()) continue;
      this.#timers.delete(timer);
      timer.act();
    }
  }
}

/** All that follows without waiting for the world has happened, as far as it goes on in so many turns. */
export async function settled(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
}
