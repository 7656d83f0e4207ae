import { expect, it } from "vitest";
import type { RoomClaim } from "../../worker/runs/ports/room.ts";
import { callNext, claim, nextCallAt, passOver, release, turnAway } from "../../worker/sandboxes/capacity.ts";
import type { CapacityStep } from "../../worker/sandboxes/capacity.ts";
import { findFull, openCapacity } from "../../worker/sandboxes/places.ts";
import type { CapacityLimits, CapacityState } from "../../worker/sandboxes/places.ts";
import { buildClaim } from "../support/capacity-gate.ts";
import { createRandom } from "../support/random.ts";
import type { Random } from "../support/random.ts";
import { verifies } from "../verifies.ts";

/** `FLOOM_SIM_RUNS` says how many histories, up to a hundred: one of these is as long as five of the other simulators'. */
const histories = Math.min(100, Math.ceil(Number(process.env["FLOOM_SIM_RUNS"] ?? 500) / 5));
const minute = 60_000;

/** One history of runs that come, end, are silent when they are called, or are turned away by the provider. */
class RoomWorld {
  now = 0;
  readonly own: CapacityLimits;
  state: CapacityState = openCapacity(0);
  readonly alive = new Map<string, RoomClaim>();
  readonly waiting = new Map<string, RoomClaim>();
  readonly creations: number[] = [];
  readonly #random: Random;
  #count = 0;

  constructor(random: Random) {
    this.#random = random;
    const live = 1 + random.below(5);
    this.own = { creates_per_second: 1 + random.below(3), live, workspace_live: 1 + random.below(live) };
  }

  tick(comes: boolean): void {
    this.now += this.#random.below(4000);
    const roll = this.#random.next();
    if (comes && roll < 0.35) this.#come();
    else if (roll < 0.6) this.#end();
    else this.take(callNext(this.state, this.own, this.now));
    this.check();
  }

  #come(): void {
    const run = `run${String((this.#count += 1)).padStart(4, "0")}`;
    const priority = this.#random.pick(["low", "normal", "high"] as const) ?? "normal";
    const worker = this.#random.below(4);
    const owner = { workspace_id: `wsp_${worker % 2}`, worker_id: `wrk_${worker}` };
    this.waiting.set(run, buildClaim(run, this.now, { priority, lifetime_ms: 5 * minute, ...owner }));
    this.#ask(run);
  }

  #ask(run: string): void {
    const asked = this.waiting.get(run);
    if (!asked) return;
    const { reason, ...next } = claim(this.state, { claim: asked, limits: this.own, now: this.now });
    if (reason === null) this.#start(run, asked);
    this.take(next);
  }

  #start(run: string, asked: RoomClaim): void {
    this.waiting.delete(run);
    this.alive.set(run, asked);
    this.creations.push(this.now);
  }

  #end(): void {
    const run = this.#random.pick([...this.alive.keys()]);
    if (run === undefined) return;
    const asked = this.alive.get(run);
    this.alive.delete(run);
    // Word of an end may be lost: then the sandbox's life ends the lease. Or the provider never had room for it.
    const fate = this.#random.next();
    if (fate < 0.1 && asked) {
      this.waiting.set(run, asked);
      const away = turnAway(this.state, { claim: asked, now: this.now, retryAfterMs: null });
      return this.take(callNext(away, this.own, this.now));
    }
    if (fate < 0.8) this.take(callNext(release(this.state, run), this.own, this.now));
  }

  /** Whoever is called comes, says that it wants none, or is silent. */
  take({ state, called }: CapacityStep): void {
    this.state = state;
    for (const { run_id } of called) {
      this.#checkTurn(run_id);
      const roll = this.#random.next();
      if (roll < 0.7) this.#ask(run_id);
      else if (roll < 0.85) this.state = passOver(this.state, run_id, this.now);
    }
  }

  /** Nobody who may start was passed by for one of a lower priority, or of a worker that has more. */
  #checkTurn(run: string): void {
    const next = this.state.line.find(({ claim: { run_id } }) => run_id === run);
    const isFull = findFull(this.state, this.own);
    for (const { claim: other, called_until, not_before } of this.state.line) {
      if (called_until !== null || not_before > this.now || isFull(other) !== null || !next) continue;
      const sameWorker = other.worker_id === next.claim.worker_id && other.priority === next.claim.priority;
      if (sameWorker && other.since < next.claim.since) throw new Error(`${run} overtook ${other.run_id}`);
      const waited = this.now - other.since;
      if (waited >= 10 * minute && this.now - next.claim.since < 5 * minute && next.claim.priority !== "high")
        throw new Error(`${other.run_id} starves behind ${run}`);
    }
  }

  check(): void {
    const { state, own, now } = this;
    const holding = new Set(state.leases.map(({ run_id }) => run_id));
    for (const one of state.line) if (one.called_until !== null) holding.add(one.claim.run_id);
    if (holding.size > own.live) throw new Error(`${holding.size} places of ${own.live}`);
    for (const run of this.alive.keys()) {
      const lease = state.leases.find(({ run_id }) => run_id === run);
      if (!lease && now < (this.creations.at(-1) ?? 0)) throw new Error(`${run} has no lease`);
    }
    const burst = this.creations.filter((at) => at > now - 1000).length;
    if (burst > 2 * own.creates_per_second) throw new Error(`${burst} creations in a second`);
    for (const run of this.waiting.keys())
      if (!state.line.some(({ claim: { run_id } }) => run_id === run)) this.#ask(run);
    this.#checkIdle();
  }

  /** Nobody waits while a place is free, and the next look is in time. */
  #checkIdle(): void {
    const { own, now } = this;
    const settled = callNext(this.state, own, now);
    const { state } = settled;
    const isFull = findFull(state, own);
    const idle = state.line.find(
      ({ claim: waiting, called_until, not_before }) =>
        called_until === null && not_before <= now && isFull(waiting) === null,
    );
    if (idle && state.tokens >= 1 && now >= state.paused_until)
      throw new Error(`${idle.claim.run_id} waits though there is room`);
    const at = nextCallAt(state, own, now);
    if (state.line.length > 0 && (at === null || at > now + 11 * minute)) throw new Error("nobody is called");
    this.take(settled);
  }
}

it("in every history the limits hold, nobody waits while a place is free, and nobody starves", () => {
  verifies("queue:provider:limits-respected");
  verifies("queue:provider:called");
  for (let seed = 1; seed <= histories; seed++) {
    const world = new RoomWorld(createRandom(seed));
    try {
      for (let i = 0; i < 200; i++) world.tick(true);
      for (let i = 0; i < 40_000 && world.waiting.size > 0; i++) world.tick(false);
      expect([...world.waiting.keys()]).toEqual([]);
    } catch (cause) {
      throw new Error(`seed ${seed}: ${(cause as Error).message}`, { cause });
    }
  }
});
