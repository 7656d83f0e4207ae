import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import type { RoomClaim } from "../runs/ports/room.ts";
import type { CapacityLimits, Lease } from "./places.ts";
import { RoomKeeper } from "./room-keeper.ts";

const minute = 60_000;

/** A keeper over a line that outlives it, with its clock, its provider and those it calls held by the test. */
class House {
  now = 1_000_000;
  readonly line = new Map<string, RoomClaim>();
  readonly called: string[] = [];
  readonly ended: string[] = [];
  /** Which were told how many milliseconds they have left; and who waits to hear that it was said, where that takes its time. */
  readonly told: [turn: string, idleMs: number][] = [];
  telling: Promise<boolean> = Promise.resolve(true);
  /** Those whose objects do not answer, and those that want no room any more. */
  readonly silent = new Set<string>();
  readonly unwilling = new Set<string>();
  alive: Lease[] | null = [];
  looks = 0;
  wakes: number[] = [];
  limits: CapacityLimits = { creates_per_second: 100, live: 1, workspace_live: 1 };
  readonly #timers = new Set<{ at: number; act: () => void }>();
  keeper = this.open();

  /** A new life of the object: of the old one nothing happens any more. */
  open(): RoomKeeper {
    this.#timers.clear();
    const table = {
      load: () => [...this.line.values()],
      put: (claim: RoomClaim) => void this.line.set(claim.run_id, claim),
      remove: (runId: string) => void this.line.delete(runId),
    };
    return (this.keeper = new RoomKeeper(table, {
      clock: () => this.now,
      after: (ms, act) => {
        const timer = { at: this.now + ms, act };
        this.#timers.add(timer);
        return () => this.#timers.delete(timer);
      },
      limits: () => this.limits,
      listRunning: async () => {
        this.looks += 1;
        if (this.alive === null) return new Promise<never>(() => {});
        return this.alive;
      },
      call: async ({ run_id }) => {
        this.called.push(run_id);
        if (this.silent.has(run_id)) return new Promise<never>(() => {});
        return !this.unwilling.has(run_id);
      },
      end: async (turn) => this.ended.push(turn),
      rest: async (turn, idleMs) => {
        this.told.push([turn, idleMs]);
        return this.telling;
      },
      armWake: (at) => void this.wakes.push(at),
      waitUntil: (work) => void work,
    }));
  }

  async ask(run_id: string, since = this.now) {
    return (await this.claim(run_id, { since })).kind;
  }

  /** `reuse`: whose sandboxes it may go on with. */
  claim(run_id: string, { since = this.now, reuse }: { since?: number; reuse?: string } = {}) {
    const owner = { workspace_id: "wsp_1", worker_id: "wrk_1", bundle_digest: null };
    return this.keeper.claim({
      run_id,
      ...(reuse === undefined ? {} : { reuse }),
      since,
      priority: "normal",
      lifetime_ms: 60 * minute,
      ...owner,
    });
  }

  /** A run has ended and leaves its sandbox. */
  leave(runId: string, turn: string, reuse = "v1"): boolean {
    const lasts = { until: this.now + minute, ends_at: this.now + 5 * minute };
    const resting = { workspace_id: "wsp_1", reuse, turn, ...lasts };
    const isKept = this.keeper.keep(resting, runId);
    this.keeper.release(runId);
    return isKept;
  }

  async release(runId: string): Promise<void> {
    this.keeper.release(runId);
    await settled();
  }

  async pass(ms: number): Promise<void> {
    const until = this.now + ms;
    for (;;) {
      const next = [...this.#timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#timers.delete(next);
      this.now = Math.max(this.now, next.at);
      next.act();
      await settled();
    }
    this.now = until;
  }
}

const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

/** One run has the only place, and others wait for it in order. */
async function fullHouse(...waiting: string[]): Promise<House> {
  const house = new House();
  await house.pass(minute);
  expect(await house.ask("holder")).toBe("granted");
  for (const run of waiting) {
    house.now += 1;
    expect(await house.ask(run)).toBe("wait");
  }
  return house;
}

it("who waits is on the record until it has come for its place, and is called in its turn", async () => {
  verifies("queue:provider:called");
  const house = await fullHouse("a", "b");
  expect([...house.line.keys()]).toEqual(["a", "b"]);
  await house.release("holder");
  expect(house.called).toEqual(["a"]);
  expect([...house.line.keys()]).toEqual(["a", "b"]);
  expect(await house.ask("a")).toBe("granted");
  expect([...house.line.keys()]).toEqual(["b"]);
});

it("a new life of the object calls those in line once it has learnt from the provider what is alive", async () => {
  verifies("queue:provider:called");
  const house = await fullHouse("a", "b");
  const kept = { workspace_id: "wsp_1", worker_id: "wrk_1", since: 0, until: 1e12 };
  house.alive = [{ run_id: "holder", ...kept }];
  house.open();
  await settled();
  expect(house.called).toEqual([]);
  house.alive = [];
  house.open();
  await settled();
  expect(house.called).toEqual(["a"]);
});

it("a run whose object is silent is passed over, called again ever more seldom, and keeps no place", async () => {
  verifies("queue:provider:called");
  const house = await fullHouse("silent", "b");
  house.silent.add("silent");
  await house.release("holder");
  await house.pass(6000);
  expect(house.called).toEqual(["silent", "b"]);
  expect(await house.ask("b")).toBe("granted");
  await house.pass(10 * minute);
  await house.release("b");
  expect(house.called).toEqual(["silent", "b", "silent"]);
  // It was called, and what it says came too late: it asks by itself, and is given the place.
  await house.pass(3 * minute);
  expect(await house.ask("silent")).toBe("granted");
  expect(house.line.size).toBe(0);
});

it("a place that was promised to one who answers and never comes is free again after half a minute", async () => {
  const house = await fullHouse("forgetful", "b");
  await house.release("holder");
  await house.pass(29_999);
  expect(house.called).toEqual(["forgetful"]);
  await house.pass(2);
  expect(house.called).toEqual(["forgetful", "b"]);
});

it("one that wants no room any more leaves the line, and the next one is called at once", async () => {
  const house = await fullHouse("ended", "b");
  house.unwilling.add("ended");
  await house.release("holder");
  expect(house.called).toEqual(["ended", "b"]);
  expect([...house.line.keys()]).toEqual(["b"]);
});

it("an end whose word was lost is found in the provider's list, by the alarm if nothing else happens", async () => {
  const house = await fullHouse("a");
  await house.pass(minute);
  const wake = house.keeper.wakeAt() ?? 0;
  expect(wake - house.now).toBeLessThanOrEqual(5 * minute);
  const looks = house.looks;
  house.now = wake + minute;
  house.keeper.wake();
  await settled();
  expect(house.looks).toBe(looks + 1);
  expect(house.called).toEqual(["a"]);
});

it("a provider that does not say what is alive holds up nobody for long", async () => {
  const house = new House();
  house.alive = null;
  house.open();
  const asked = house.ask("a");
  await house.pass(2000);
  expect(await asked).toBe("granted");
});

it("a sandbox that was given back while the provider was asked is not taken for alive", async () => {
  const house = await fullHouse("a");
  house.alive = [{ run_id: "holder", workspace_id: "wsp_1", worker_id: "", since: 0, until: 1e12 }];
  await house.pass(minute);
  house.keeper.wake();
  await house.release("holder");
  expect(house.called).toEqual(["a"]);
});

/** Nobody waits, and there is room for so many. */
async function emptyHouse(live: number): Promise<House> {
  const house = new House();
  house.limits = { creates_per_second: 100, live, workspace_live: live };
  await house.pass(minute);
  return house;
}

it("a sandbox that was left is given to one run of its version, and to no other", async () => {
  const house = await emptyHouse(10);
  await house.claim("a", { reuse: "v1" });
  expect(house.leave("a", "s1#2@1")).toBe(true);
  expect(await house.claim("other", { reuse: "v2" })).toEqual({ kind: "granted" });
  expect(await house.claim("alone")).toEqual({ kind: "granted" });
  expect(await house.claim("b", { reuse: "v1" })).toMatchObject({ kind: "granted", turn: "s1#2@1" });
  expect(await house.claim("c", { reuse: "v1" })).toEqual({ kind: "granted" });
});

it("one that is taken at once is told nothing; one that waits is told its end, and is given to nobody meanwhile", async () => {
  const house = await emptyHouse(10);
  const endsAt = house.now + 5 * minute;
  house.leave("a", "s1#2@1");
  expect(await house.claim("b", { reuse: "v1" })).toMatchObject({ turn: "s1#2@1", ends_at: endsAt });
  await house.pass(2000);
  expect(house.told).toEqual([]);
  const left = house.now;
  const { promise, resolve: answer } = Promise.withResolvers<boolean>();
  house.telling = promise;
  house.leave("b", "s1#3@1");
  await house.pass(2000);
  expect(house.told).toEqual([["s1#3@1", minute - 1000]]);
  expect(await house.claim("c", { reuse: "v1" })).toEqual({ kind: "granted" });
  answer(true);
  await settled();
  expect(await house.claim("d", { reuse: "v1" })).toMatchObject({ turn: "s1#3@1", ends_at: left + minute });
  expect(house.ended).toEqual([]);
});

it("one that cannot be told when it is to end is ended, and given to nobody", async () => {
  const house = await emptyHouse(10);
  house.telling = Promise.resolve(false);
  house.leave("a", "s1#2@1");
  await house.pass(1500);
  expect(house.ended).toEqual(["s1#2@1"]);
  expect(await house.claim("b", { reuse: "v1" })).toEqual({ kind: "granted" });
});

it("a sandbox that was left is forgotten when it has ended by itself, and with the object", async () => {
  const house = await emptyHouse(10);
  await house.claim("a", { reuse: "v1" });
  expect(house.leave("a", "s1#2@1")).toBe(true);
  house.now += minute;
  expect(await house.claim("b", { reuse: "v1" })).toEqual({ kind: "granted" });
  expect(house.leave("b", "s2#2@1")).toBe(true);
  house.open();
  expect(await house.claim("c", { reuse: "v1" })).toEqual({ kind: "granted" });
});

it("what was left keeps no room from whoever wants it: the oldest is ended before the last place is asked for", async () => {
  const house = await emptyHouse(4);
  for (const run of ["a", "b"]) await house.claim(run, { reuse: "v1" });
  expect([house.leave("a", "s1#2@1"), house.leave("b", "s2#2@1")]).toEqual([true, true]);
  for (const run of ["c", "d"]) expect(await house.ask(run)).toBe("granted");
  expect(house.ended).toEqual(["s1#2@1"]);
  expect(await house.ask("e")).toBe("granted");
  expect(house.ended).toEqual(["s1#2@1", "s2#2@1"]);
  expect(await house.ask("f")).toBe("granted");
});

it("nothing is kept where somebody else waits for the place", async () => {
  const house = await fullHouse("waits");
  expect(house.leave("holder", "s1#2@1")).toBe(false);
});

it("the provider's list counts no sandbox twice that was made for a run which is over", async () => {
  const house = await emptyHouse(3);
  await house.claim("a", { reuse: "v1" });
  house.leave("a", "s1#2@1");
  await house.claim("b", { reuse: "v1" });
  const lasts = { since: house.now, until: house.now + 60 * minute };
  house.alive = [{ run_id: "a", sandbox_id: "s1", workspace_id: "wsp_1", worker_id: "wrk_1", ...lasts }];
  for (const run of ["c", "d"]) expect(await house.ask(run)).toBe("granted");
  house.now += minute;
  expect(await house.ask("e")).toBe("wait");
  await settled();
  await house.release("c");
  expect(house.called).toEqual(["e"]);
});
