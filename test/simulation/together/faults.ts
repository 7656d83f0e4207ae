import type { Random } from "../../support/random.ts";

/** The ways that lead out of an object, each with troubles of its own. */
export const ways = [
  "launch",
  "own_launch",
  "journal",
  "kill",
  "sandbox_files",
  "storage_get",
  "storage_put",
  "rows",
  "secrets",
  "queue",
  "release",
  "runs",
  "hand_over",
  "builds",
  "posts",
  "reconcile",
  "prepare",
] as const;
export type Way = (typeof ways)[number];

/**
 * `refused`: it did not arrive. `lost`: it did, and its answer does not. `late`: all is well, after a long time. `silent`:
 * it did not arrive, and whoever asked learns of it late.
 */
export type Fault = "refused" | "lost" | "late" | "silent";

/** What fails so often from the beginning. */
export interface Strike {
  way: Way;
  times: number;
  kind?: Fault;
}

interface Trouble {
  /** Calls that go well before it begins. */
  spared: number;
  /** Calls that it strikes; Infinity for one that never ends. */
  left: number;
  kinds: readonly Fault[];
}

const kindsOfTrouble: readonly (readonly Fault[])[] = [
  ["refused"],
  ["lost"],
  ["late", "silent"],
  ["refused", "lost", "late", "silent"],
];

/**
 * What goes wrong in one history: each way may fail once, some times, or for ever, and besides that any call may fail by
 * chance, and any object may go away between two awaits. All of it is drawn from the seed before the history begins.
 */
export class Faults {
  readonly #random: Random;
  readonly #troubles = new Map<Way, Trouble>();
  /** Of any call, besides the troubles of its way. */
  #chance: number;
  readonly #crashChance: number;
  readonly crashesForEver: boolean;
  #isCalm = false;

  constructor(random: Random) {
    this.#random = random;
    this.#chance = random.pick([0, 0.01, 0.05]) ?? 0;
    this.#crashChance = random.pick([0, 0.01, 0.04]) ?? 0;
    this.crashesForEver = random.chance(0.2);
    const share = random.pick([0, 0.1, 0.3]) ?? 0;
    for (const way of ways) if (random.chance(share)) this.#troubles.set(way, this.#drawTrouble());
  }

  #drawTrouble(): Trouble {
    const random = this.#random;
    const left = random.pick([1, 2 + random.below(6), Infinity]) ?? 1;
    return { spared: random.below(8), left, kinds: random.pick(kindsOfTrouble) ?? ["refused"] };
  }

  /** Has the first so many calls of a way fail, whatever the seed says of it. */
  strike({ way, times, kind = "refused" }: Strike): void {
    this.#troubles.set(way, { spared: 0, left: times, kinds: [kind] });
  }

  /** What becomes of the next call of this way; null when it goes well. */
  of(way: Way): Fault | null {
    const trouble = this.#troubles.get(way);
    if (trouble && trouble.left > 0 && --trouble.spared < 0) {
      trouble.left -= 1;
      return this.#random.pick(trouble.kinds) ?? null;
    }
    if (this.#isCalm || !this.#random.chance(this.#chance)) return null;
    return this.#random.pick(["refused", "lost", "late", "silent"] as const) ?? null;
  }

  /** Does the object that calls go away right now? */
  crashes(): boolean {
    return (!this.#isCalm || this.crashesForEver) && this.#random.chance(this.#crashChance);
  }

  /** From now on only what never ends goes wrong. */
  calm(): void {
    this.#isCalm = true;
    this.#chance = 0;
    for (const [way, { left }] of this.#troubles) if (left !== Infinity) this.#troubles.delete(way);
  }

  /** Does this way fail for ever? */
  isBroken(way: Way): boolean {
    return this.#troubles.get(way)?.left === Infinity;
  }

  /** In words, for who reads a history. */
  describe(): string {
    const troubles = [...this.#troubles].map(
      ([way, { spared, left, kinds }]) => `${way} ${kinds.join("/")} ${left} times after ${spared}`,
    );
    return `chance ${this.#chance}, crashes ${this.#crashChance}${this.crashesForEver ? " for ever" : ""}; ${troubles.join(", ")}`;
  }
}
