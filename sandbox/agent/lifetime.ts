import type { endSandbox } from "./end-sandbox.ts";

const GRACE_MS = 5_000;
const CHECK_INTERVAL_MS = 500;
/** A tick this late means the sandbox was paused, not that the agent was busy. */
const PAUSE_GAP_MS = 4_000;

/**
 * The sandbox's deadline, enforced from inside as well: a host that died cannot leave it running for ever.
 * The host ends a sandbox on time; this one waits five seconds longer, so that the two never race.
 */
export class Lifetime {
  readonly #end: typeof endSandbox;
  readonly #now: () => number;
  #deadlineAtMs: number | undefined;
  #lastTickAtMs: number | undefined;
  #ticking = false;

  constructor(deps: { end: typeof endSandbox; now: () => number }) {
    this.#end = deps.end;
    this.#now = deps.now;
  }

  /** Replaces the deadline (milliseconds since 1970). */
  setDeadline(deadlineAtMs: number): void {
    this.#deadlineAtMs = deadlineAtMs;
    if (this.#ticking) return;
    this.#ticking = true;
    setInterval(() => this.tick(), CHECK_INTERVAL_MS).unref();
  }

  /** Ends the sandbox when its deadline and the grace are over. */
  tick(): void {
    const now = this.#now();
    const gapMs = now - (this.#lastTickAtMs ?? now);
    this.#lastTickAtMs = now;
    if (this.#deadlineAtMs === undefined) return;
    // The host stops every process to pause a sandbox, and moves the deadline after it resumes them:
    // give it the grace again before taking the old deadline at its word.
    if (gapMs > PAUSE_GAP_MS) this.#deadlineAtMs = Math.max(this.#deadlineAtMs, now);
    if (now >= this.#deadlineAtMs + GRACE_MS) this.#end("deadline", "the sandbox reached its deadline");
  }
}
