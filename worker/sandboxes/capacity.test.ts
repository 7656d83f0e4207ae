import { expect, it } from "vitest";
import { createRandom } from "../../test/support/random.ts";
import type { Random } from "../../test/support/random.ts";
import { verifies } from "../../test/verifies.ts";
import { buildClaim, busyGate, Gate } from "../../test/support/capacity-gate.ts";
import type { RoomClaim } from "../runs/ports/room.ts";
import { CALL_MS, callNext, claim, decline, nextCallAt, passOver, release, turnAway } from "./capacity.ts";
import type { CapacityStep } from "./capacity.ts";
import { findFull, openCapacity, reconcile } from "./places.ts";
import type { CapacityLimits, CapacityState, Lease } from "./places.ts";

const minute = 60_000;

it("creations are spread as the provider takes them, and who asked first is called first", () => {
  verifies("queue:provider:limits-respected");
  const gate = new Gate();
  expect(gate.ask("a", 0)).toBeNull();
  expect(gate.ask("b", 100)).toBe("The provider starts 1 sandbox a second.");
  gate.ask("c", 200);
  expect(gate.nextCallAt(200)).toBe(1000);
  gate.pass(999);
  expect(gate.called).toEqual([]);
  gate.pass(1000);
  gate.pass(1999);
  expect(gate.called).toEqual(["b"]);
  gate.pass(2000);
  expect(gate.called).toEqual(["b", "c"]);
});

it("the account's and the workspace's limits hold, and a full workspace does not hold up the others", () => {
  verifies("queue:provider:limits-respected");
  const gate = new Gate({ workspace_live: 2 });
  expect(gate.ask("a", 10_000)).toBeNull();
  expect(gate.ask("b", 12_000)).toBeNull();
  expect(gate.ask("c", 14_000)).toBe("2 runs of this workspace have a sandbox, which is its limit.");
  expect(gate.ask("d", 14_000, { workspace_id: "wsp_2" })).toBeNull();
  expect(gate.ask("e", 16_000, { workspace_id: "wsp_3" })).toBe(
    "3 of 3 sandboxes of the provider are in use.",
  );
  expect(gate.leases()).toEqual(["a", "b", "d"]);
  gate.change((state) => release(state, "d"), 17_000);
  expect(gate.called).toEqual(["e"]);
});

it("a place that is given back, or whose sandbox has lived its life, calls the next run", () => {
  verifies("queue:provider:called");
  const gate = busyGate();
  for (const [i, run] of ["a", "b", "c"].entries()) gate.ask(run, 5000 + i);
  gate.change((state) => release(release(state, "holder"), "holder"), 6000);
  expect(gate.called).toEqual(["a"]);
  expect(gate.ask("a", 6100)).toBeNull();
  expect(gate.nextCallAt(7000)).toBe(6100 + 10 * minute);
  gate.pass(6100 + 10 * minute - 1);
  expect(gate.called).toEqual(["a"]);
  gate.pass(6100 + 10 * minute);
  expect(gate.called).toEqual(["a", "b"]);
});

it("of two priorities the higher goes first, and whoever waits five minutes rises by one", () => {
  verifies("queue:provider:priority");
  const order = (waits: [run: string, priority: RoomClaim["priority"], since: number][], now: number) => {
    const gate = busyGate({ creates_per_second: 9 });
    for (const [run_id, priority, since] of waits) gate.ask(run_id, since, { priority });
    for (let turn = 0; turn < waits.length; turn++) {
      const held = gate.leases()[0] ?? "";
      gate.change((state) => release(state, held), now + turn);
      gate.ask(gate.called.at(-1) ?? "", now + turn);
    }
    return gate.called;
  };
  const late = 4 * minute;
  expect(
    order(
      [
        ["low", "low", 1],
        ["normal", "normal", 2],
        ["high", "high", 3],
      ],
      late,
    ),
  ).toEqual(["high", "normal", "low"]);
  // The low one has waited for ten minutes, and the normal one for five.
  expect(
    order(
      [
        ["low", "low", 1],
        ["normal", "normal", 5 * minute],
        ["high", "high", 9 * minute],
      ],
      10 * minute + 1,
    ),
  ).toEqual(["low", "normal", "high"]);
});

it("of one priority that worker goes first which has the fewest sandboxes", () => {
  verifies("queue:provider:fair");
  const gate = new Gate({ live: 4, workspace_live: 9, creates_per_second: 100 });
  for (let i = 0; i < 20; i++) gate.ask(`big${i}`, 10_000 + i, { worker_id: "wrk_big" });
  for (const i of [1, 2]) gate.ask(`small${i}`, 11_000 + i, { worker_id: "wrk_small" });
  const owners = ["wrk_small", "wrk_small", "wrk_big", "wrk_big"];
  for (let turn = 0; turn < 4; turn++) {
    gate.change((state) => release(state, `big${turn}`), 12_000 + turn);
    gate.ask(gate.called.at(-1) ?? "", 12_000 + turn, { worker_id: owners[turn] ?? "" });
  }
  expect(gate.called.slice(0, 2)).toEqual(["small1", "small2"]);
  expect(gate.called.slice(2)).toEqual(["big4", "big5"]);
});

it("who is called and does not come loses the place to the next one, and is called again later", () => {
  verifies("queue:provider:called");
  const gate = busyGate();
  gate.ask("silent", 1000);
  gate.ask("b", 2000);
  gate.change((state) => release(state, "holder"), 3000);
  expect(gate.called).toEqual(["silent"]);
  expect(gate.nextCallAt(3000)).toBe(3000 + CALL_MS);
  gate.pass(3000 + CALL_MS);
  expect(gate.called).toEqual(["silent", "b"]);
  gate.change((state) => decline(state, "b"), 40_000);
  expect(gate.called).toEqual(["silent", "b", "silent"]);
  gate.change((state) => passOver(state, "silent", 41_000), 41_000);
  expect(gate.nextCallAt(41_000)).toBe(51_000);
  // It comes late, by itself, and is where it was.
  expect(gate.ask("silent", 42_000)).toBeNull();
});

it("who was called ten times in vain stands in line no more", () => {
  const gate = new Gate({ live: 1 });
  gate.ask("holder", 0);
  gate.ask("silent", 1000);
  gate.change((state) => release(state, "holder"), 2000);
  let now = 2000;
  while (gate.state.line.length > 0) {
    now = Math.max(now + 1, gate.nextCallAt(now) ?? 0);
    gate.change((state) => passOver(state, "silent", now), now);
    expect(gate.called.length).toBeLessThan(20);
  }
  expect(gate.called).toHaveLength(10);
  expect(now).toBeGreaterThan(20 * minute);
});

it("where the provider turns one away nobody is called for a while, which grows, and then that one first", () => {
  verifies("queue:provider:called");
  const gate = new Gate();
  expect(gate.ask("a", 10_000)).toBeNull();
  gate.ask("b", 10_001);
  const away = (now: number, retryAfterMs: number | null = null) =>
    gate.change((state) => turnAway(state, { claim: buildClaim("a", 10_000), now, retryAfterMs }), now);
  away(10_500);
  expect(gate.ask("c", 10_600)).toBe("The sandbox provider starts no more sandboxes right now.");
  expect(gate.nextCallAt(10_600)).toBe(15_500);
  gate.pass(15_500);
  expect(gate.called).toEqual(["a"]);
  expect(gate.ask("a", 15_600)).toBeNull();
  away(15_700);
  expect(gate.nextCallAt(15_700)).toBe(25_700);
  away(15_800, 90_000);
  expect(gate.nextCallAt(15_800)).toBe(105_800);
});

it("a gate that forgot everything but the line learns what is alive from the provider", () => {
  const alive = ["x", "y", "z"].map((run_id): Lease => ({
    run_id,
    workspace_id: "wsp_1",
    worker_id: "",
    since: 0,
    until: 10 * minute,
  }));
  const learn = (gate: Gate, of: readonly Lease[], now: number) =>
    gate.change((state) => reconcile(state, { alive: of, gone: new Set(["gone"]), now }), now);
  const gate = new Gate();
  gate.state = openCapacity(2 * minute, [buildClaim("a", 1000)]);
  learn(gate, [...alive, { ...alive[0], run_id: "gone" } as Lease], 2 * minute);
  expect(gate.called).toEqual([]);
  learn(gate, alive.slice(1), 3 * minute);
  expect(gate.called).toEqual(["a"]);
  expect(gate.ask("a", 3 * minute + 10)).toBeNull();
  // One that was just granted may not be listed yet.
  learn(gate, alive.slice(1), 3 * minute + 2000);
  expect(gate.leases()).toEqual(["y", "z", "a"]);
});

it("a run that has its place and tries again needs no other, but a creation it does", () => {
  const gate = busyGate();
  expect(gate.ask("holder", 500)).toBe("The provider starts 1 sandbox a second.");
  gate.pass(1000);
  expect(gate.called).toEqual(["holder"]);
  expect(gate.ask("holder", 1001)).toBeNull();
  expect(gate.leases()).toEqual(["holder"]);
});

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
  for (let seed = 1; seed <= 100; seed++) {
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
