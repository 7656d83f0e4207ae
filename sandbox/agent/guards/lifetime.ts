import type { ActiveClock } from "../active-clock.ts";
import type { endSandbox } from "./end-sandbox.ts";

const GRACE_MS = 5_000;
const CHECK_INTERVAL_MS = 500;

/**
 * The sandbox's deadline, enforced from inside as well: a host that died cannot leave it running for ever.
 * The host ends a sandbox on time; this one waits five seconds of active time longer, so that the two never
 * race, and so that a host that resumes a paused sandbox can move the deadline first.
 */
export class Lifetime {
  readonly #end: typeof endSandbox;
  readonly #now: () => number;
  readonly #clock: Pick<ActiveClock, "activeMs">;
  #deadlineAtMs: number | undefined;
  #overdueSinceActiveMs: number | undefined;
  #ticking = false;

  constructor(deps: { end: typeof endSandbox; now: () => number; clock: Pick<ActiveClock, "activeMs"> }) {
    this.#end = deps.end;
    this.#now = deps.now;
    this.#clock = deps.clock;
  }

  /** Replaces the deadline (milliseconds since 1970). */
  setDeadline(deadlineAtMs: number): void {
    this.#deadlineAtMs = deadlineAtMs;
    this.#overdueSinceActiveMs = undefined;
    if (this.#ticking) return;
    this.#ticking = true;
    setInterval(() => this.tick(), CHECK_INTERVAL_MS).unref();
  }

  /** Ends the sandbox when its deadline and the grace are over. */
  tick(): void {
    if (this.#deadlineAtMs === undefined || this.#now() < this.#deadlineAtMs) return;
    const activeMs = this.#clock.activeMs();
    this.#overdueSinceActiveMs ??= activeMs;
    if (activeMs - this.#overdueSinceActiveMs >= GRACE_MS)
      this.#end("deadline", "the sandbox reached its deadline");
  }
}
