import { createRandom } from "../../test/support/random.ts";
import type { Random } from "../../test/support/random.ts";

/**
 * What may be asked on a way: of the provider's control plane, which owns sandboxes; of the data plane, which leads into
 * one; of the edge.
 */
export type Way = "control" | "data" | "edge";

/** What is done to one request. */
export type Disturbance =
  /** Not passed on; answered with this by somebody in between. */
  | { kind: "status"; status: number }
  /** Passed on, and the connection ends in the middle of the answer. */
  | { kind: "cut" }
  /** Passed on, and never answered. */
  | { kind: "drop" }
  /** Passed on late. */
  | { kind: "stall"; ms: number }
  /** Passed on twice at the same moment, answered once. */
  | { kind: "twice" };

/** A time of disturbance, after the traffic began; each request in it suffers with this probability. */
export interface Spell {
  from_ms: number;
  until_ms: number;
  share: number;
}

const GATEWAY_STATUSES = [401, 409, 413, 429, 500, 502, 503, 504];
/**
 * Whether a sandbox is there is for the control plane alone to say: a 404 of its own is the truth by definition, so nobody
 * lies with one there. Anywhere else a 404 is one more thing that gateways say.
 */
const STATUSES: Readonly<Record<Way, readonly number[]>> = {
  control: GATEWAY_STATUSES,
  data: [...GATEWAY_STATUSES, 404, 410],
  edge: [...GATEWAY_STATUSES, 404, 410],
};
/** Longer than callers wait: they give up on a request that is passed on all the same. */
const LONGEST_STALL_MS = 36_000;
const LONG_STALL_SHARE = 0.04;
const SHORT_STALL_MS = 3000;

const CALM_LEAST_MS = 2000;
const CALM_SPREAD_MS = 6000;
const SPELL_LEAST_MS = 500;
const SPELL_SPREAD_MS = 4500;
/** Keeps the draws of each way apart, so that one does not move the other. */
const STREAMS: Readonly<Record<Way, number>> = { control: 0x2c1b3c6d, data: 0x297a2d39, edge: 0x1b56c4e9 };

/** The spells of a seed on a way, without end. Pure. */
export function* planSpells(seed: number, way: Way): Generator<Spell, never> {
  const random = createRandom(seed ^ STREAMS[way]);
  for (let at = 0; ;) {
    const from = at + CALM_LEAST_MS + random.below(CALM_SPREAD_MS);
    at = from + SPELL_LEAST_MS + random.below(SPELL_SPREAD_MS);
    yield { from_ms: from, until_ms: at, share: 0.25 + 0.75 * random.next() };
  }
}

/** What happens to requests on one way as time goes on; the seed fixes when, and in which order what. */
export class Weather {
  readonly #way: Way;
  readonly #random: Random;
  readonly #spells: Generator<Spell, never>;
  #spell: Spell;

  constructor(seed: number, way: Way) {
    this.#way = way;
    this.#random = createRandom(~seed ^ STREAMS[way]);
    this.#spells = planSpells(seed, way);
    this.#spell = this.#nextSpell();
  }

  /** What is done to a request that comes `atMs` after the traffic began; null: nothing. Times must not go back. */
  judge(atMs: number): Disturbance | null {
    while (atMs >= this.#spell.until_ms) this.#spell = this.#nextSpell();
    if (atMs < this.#spell.from_ms || !this.#random.chance(this.#spell.share)) return null;
    return this.#draw();
  }

  #nextSpell(): Spell {
    return this.#spells.next().value;
  }

  #draw(): Disturbance {
    const random = this.#random;
    const roll = random.next();
    if (roll < 0.5) return { kind: "status", status: random.pick(STATUSES[this.#way]) ?? 503 };
    if (roll < 0.65) return { kind: "cut" };
    if (roll < 0.75) return { kind: "drop" };
    if (roll < 0.88) return { kind: "twice" };
    const longest = random.chance(LONG_STALL_SHARE) ? LONGEST_STALL_MS : SHORT_STALL_MS;
    return { kind: "stall", ms: 1 + random.below(longest) };
  }
}
