import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { buildClaim, busyGate, Gate } from "../../test/support/capacity-gate.ts";
import type { RoomClaim } from "../runs/ports/room.ts";
import { CALL_MS, decline, passOver, release, turnAway } from "./capacity.ts";
import { openCapacity, reconcile } from "./places.ts";
import type { Lease } from "./places.ts";

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
