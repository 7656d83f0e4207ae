import { log } from "../log.ts";
import { listDifferences } from "./made-alike.ts";
import type { Ending, Launcher, LaunchOrder } from "./launcher.ts";
import type { MadeSandbox } from "./made-alike.ts";

type AnyLauncher = Pick<Launcher, "make" | "retire" | "stop">;

const BY_BUBBLEWRAP = "sandboxes are made by bubblewrap, each by itself";

/** Forks of one process share where its memory lies and how its dictionaries are salted: so many, and no more. */
const MOST_MADE = 64;
/** Whatever ended a launcher may be over by then. */
const START_AGAIN_MS = 60_000;

/**
 * Has sandboxes made by a launcher for as long as it makes them as bubblewrap does. Whether that is so is looked at before the
 * first one is anybody's; where it is not, and while there is no launcher, bubblewrap makes them.
 */
export class Launchers {
  readonly #start: () => Promise<AnyLauncher>;
  #launcher: AnyLauncher | null = null;
  #startingAgain: NodeJS.Timeout | undefined;
  #made = 0;

  constructor(start: () => Promise<AnyLauncher>) {
    this.#start = start;
  }

  /** Whether sandboxes are made by a launcher. */
  get isUsed(): boolean {
    return this.#launcher !== null;
  }

  /**
   * `make` makes a sandbox that is nobody's, and resolves when its agent runs; it is called for one of bubblewrap's, and for one of a
   * launcher's. The log says why when there will be no launcher.
   */
  async prove(make: () => Promise<MadeSandbox>): Promise<void> {
    try {
      const model = await make();
      this.#launcher = await this.#start();
      const differences = listDifferences(model, await make());
      if (!this.isUsed) throw new Error("it made none to be looked at");
      if (differences.length > 0) throw new Error(`what it makes differs in ${differences.join(", ")}`);
    } catch (error) {
      this.stop();
      log(BY_BUBBLEWRAP, { reason: String(error) });
    }
  }

  /** Undefined where bubblewrap has to make it. */
  async make(order: LaunchOrder): Promise<{ ended: Promise<Ending> } | undefined> {
    const launcher = this.#launcher;
    if (launcher === null) return undefined;
    try {
      const made = await launcher.make(order);
      this.#made += 1;
      if (this.#made === MOST_MADE) void this.#replace(launcher);
      return made;
    } catch (error) {
      if (this.#launcher !== launcher) return undefined;
      this.#launcher = null;
      log(`${BY_BUBBLEWRAP}, until another launcher is started`, { reason: String(error) });
      this.#startLater();
      return undefined;
    }
  }

  /** Makes no more. What was made goes on. */
  stop(): void {
    clearTimeout(this.#startingAgain);
    this.#startingAgain = undefined;
    this.#launcher?.stop();
    this.#launcher = null;
  }

  async #replace(before: AnyLauncher): Promise<void> {
    try {
      const next = await this.#start();
      if (this.#launcher === before) this.#launcher = next;
      else next.stop();
      await before.retire();
    } catch (error) {
      // The one before goes on, and the next try is as many sandboxes away.
      log("no other launcher", { reason: String(error) });
    } finally {
      this.#made = 0;
    }
  }

  #startLater(): void {
    this.#startingAgain = setTimeout(() => void this.#startAgain(), START_AGAIN_MS).unref();
  }

  async #startAgain(): Promise<void> {
    const before = this.#startingAgain;
    const isStopped = (): boolean => this.#startingAgain !== before;
    try {
      const next = await this.#start();
      if (isStopped()) return next.stop();
      this.#launcher = next;
      this.#made = 0;
    } catch (error) {
      log(`${BY_BUBBLEWRAP}, until another launcher is started`, { reason: String(error) });
      if (!isStopped()) this.#startLater();
    }
  }
}
