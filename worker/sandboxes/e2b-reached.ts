import type { Sandbox } from "e2b";

/** More than rest at a time; whoever was put there first goes first. */
const MOST = 256;

/**
 * Sandboxes that were reached lately, by id: the way into one, and the token for it, stay the same for as long as it lives, so that
 * its next turn need not ask for them. One for all objects of an isolate, in memory alone; what it lacks is connected to.
 */
export class ReachedSandboxes {
  readonly #kept = new Map<string, Sandbox>();

  /** Keeps one whose next turn may come soon. */
  put(sandbox: Sandbox): void {
    this.#kept.delete(sandbox.sandboxId);
    this.#kept.set(sandbox.sandboxId, sandbox);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST && oldest !== undefined) this.#kept.delete(oldest);
  }

  find(sandboxId: string): Sandbox | undefined {
    return this.#kept.get(sandboxId);
  }

  /** Forgets one that has ended, or of which nobody knows any more how it stands. */
  drop(sandboxId: string): void {
    this.#kept.delete(sandboxId);
  }
}
