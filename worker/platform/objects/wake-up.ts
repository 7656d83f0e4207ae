import type { Clock } from "../clock.ts";
import { describeError, log } from "../log.ts";

export interface WakeUpDeps {
  clock: Clock;
  /** When the object wants to be woken as things stand, epoch milliseconds; null when it waits for nothing. */
  wish: () => number | null;
  /** How long after a wake-up that failed everything is tried again. */
  retryMs: number;
  /** The event of the log that says so. */
  failedEvent: string;
  /** Called for each alarm set: it is a row billed. */
  countRow?: () => void;
}

/**
 * The one alarm of a Durable Object, which serves all its deadlines: the earliest wins, and each wake-up arms the next.
 */
export class WakeUp {
  readonly #ctx: DurableObjectState;
  readonly #deps: WakeUpDeps;
  /** When the alarm stands, epoch milliseconds. */
  #at: number | null = null;

  constructor(ctx: DurableObjectState, deps: WakeUpDeps) {
    this.#ctx = ctx;
    this.#deps = deps;
  }

  /**
   * The last thing in the object's constructor: before it answers anybody, an alarm that is missing or past due is set
   * again. What the object waits for must not hang on one lost alarm.
   */
  recall(): void {
    void this.#ctx.blockConcurrencyWhile(async () => {
      this.#at = await this.#ctx.storage.getAlarm();
      if (this.#at === null || this.#at <= this.#deps.clock()) this.rearm();
    });
  }

  /** Sets the alarm to `at`, epoch milliseconds, unless it stands at an earlier time that has not come yet. */
  arm(at: number): void {
    const now = this.#deps.clock();
    if (this.#at !== null && this.#at <= at && this.#at > now) return;
    this.#at = Math.max(at, now);
    this.#deps.countRow?.();
    this.#ctx.waitUntil(this.#ctx.storage.setAlarm(this.#at));
  }

  /** Sets the alarm to what the object wishes now; to be called whenever that may have become earlier. */
  rearm(): void {
    const at = this.#deps.wish();
    if (at !== null) this.arm(at);
  }

  /**
   * Answers the alarm with the work that is due. Never throws, since after some failures the platform would wake the
   * object no more: it says in the log what went wrong, and tries again. It does not go by the wish then, which may be
   * forgotten, or long past.
   */
  async answer(work: () => Promise<void>): Promise<void> {
    this.#at = null;
    try {
      await work();
    } catch (error) {
      log("error", this.#deps.failedEvent, { error: describeError(error) });
      this.arm(this.#deps.clock() + this.#deps.retryMs);
    }
  }

  /** Whether the object will be woken. */
  async isArmed(): Promise<boolean> {
    return (await this.#ctx.storage.getAlarm()) !== null;
  }

  async disarm(): Promise<void> {
    this.#at = null;
    await this.#ctx.storage.deleteAlarm();
  }
}
