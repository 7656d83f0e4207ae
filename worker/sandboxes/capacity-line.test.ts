import { expect, it } from "vitest";
import { buildClaim, busyGate, Gate } from "../../test/support/capacity-gate.ts";
import { decline, passOver, release, turnAway, wantsPlaces } from "./capacity.ts";
import { openCapacity, reconcile } from "./places.ts";
import type { CapacityLimits, Lease } from "./places.ts";

const minute = 60_000;

it("of runs that asked at the same moment the older one goes first, however they stand in line", () => {
  for (const line of [
    ["run_a", "run_b", "run_c"],
    ["run_c", "run_b", "run_a"],
    ["run_b", "run_a", "run_c"],
  ]) {
    const gate = busyGate({ creates_per_second: 9 });
    for (const run of line) gate.ask(run, 5000);
    gate.change((state) => release(state, "holder"), 6000);
    expect(gate.called).toEqual(["run_a"]);
  }
});

it("who asks again while it waits gets nothing by that, and stands in line once, where it was", () => {
  const gate = busyGate({ live: 2, creates_per_second: 9 });
  gate.ask("other", 500);
  gate.ask("a", 1000);
  gate.ask("b", 2000);
  expect(gate.ask("a", 3000)).toBe("2 of 2 sandboxes of the provider are in use.");
  gate.change((state) => release(release(state, "holder"), "other"), 4000);
  expect(gate.called).toEqual(["a", "b"]);
});

it("who comes for a place that is free finds that those before it are called as well", () => {
  const gate = new Gate({ creates_per_second: 2 });
  for (const run of ["a", "b"]) gate.ask(run, 0);
  expect(gate.state.line.map(({ claim }) => claim.run_id)).toEqual(["b"]);
  expect(gate.ask("c", 2000)).toBeNull();
  expect(gate.called).toEqual(["b"]);
});

it("who waits is told what for: creations by their number, and no pause that is over", () => {
  const gate = new Gate({ live: 9, workspace_live: 9, creates_per_second: 2 });
  gate.ask("a", 0);
  expect(gate.ask("b", 1)).toBe("The provider starts 2 sandboxes a second.");
  const away = new Gate();
  away.ask("a", 10_000);
  away.change(
    (state) => turnAway(state, { claim: buildClaim("a", 0), now: 10_500, retryAfterMs: null }),
    10_500,
  );
  expect(away.ask("b", 15_499)).toBe("The sandbox provider starts no more sandboxes right now.");
  expect(away.ask("b", 15_500)).toBe("The provider starts 1 sandbox a second.");
});

it("who wants its place no more leaves the line, and nobody else does", () => {
  const gate = new Gate({ creates_per_second: 9, live: 2 });
  for (const run of ["x", "y"]) gate.ask(run, 10_000);
  for (const [i, run] of ["a", "b", "c"].entries()) gate.ask(run, 11_000 + i);
  gate.change((state) => release(release(state, "x"), "y"), 12_000);
  expect(gate.called).toEqual(["a", "b"]);
  gate.change((state) => decline(state, "c"), 12_001);
  gate.change((state) => decline(state, "a"), 12_002);
  expect(gate.called).toEqual(["a", "b", "c"]);
  expect(gate.ask("b", 12_003)).toBeNull();
  expect(gate.state.line.map(({ claim }) => claim.run_id)).toEqual(["c"]);
});

it("who was not called cannot be passed over for not coming", () => {
  const gate = busyGate();
  gate.ask("a", 1000);
  gate.change((state) => passOver(state, "a", 2000), 2000);
  gate.change((state) => release(state, "holder"), 3000);
  expect(gate.called).toEqual(["a"]);
});

/** A gate whose provider turns runs away at these times, and when it calls again. */
function pausedUntil(...times: number[]): number {
  const gate = new Gate();
  gate.ask("a", 10_000);
  for (const now of times)
    gate.change((state) => turnAway(state, { claim: buildClaim("a", 10_000), now, retryAfterMs: null }), now);
  return gate.state.paused_until;
}

it("several that are turned away in one pause make it no longer than one; a minute of peace ends the row", () => {
  expect(pausedUntil(10_500)).toBe(15_500);
  expect(pausedUntil(10_500, 10_600, 10_700)).toBe(15_700);
  expect(pausedUntil(10_500, 15_500)).toBe(25_500);
  expect(pausedUntil(10_500, 15_500 + minute - 1)).toBe(15_500 + minute - 1 + 10_000);
  expect(pausedUntil(10_500, 15_500 + minute)).toBe(15_500 + minute + 5000);
});

it("the next look comes when a creation is earned, and never while nobody waits", () => {
  const gate = new Gate({ creates_per_second: 4 });
  expect(gate.nextCallAt(0)).toBeNull();
  gate.ask("a", 0);
  gate.ask("b", 0);
  expect(gate.nextCallAt(0)).toBe(250);
});

it("the provider is asked what is alive while somebody waits for a place, not while all wait for their creation", () => {
  const limits: CapacityLimits = { creates_per_second: 1, live: 1, workspace_live: 1 };
  const gate = busyGate();
  expect(wantsPlaces(gate.state, limits)).toBe(false);
  gate.ask("a", 1000);
  expect(wantsPlaces(gate.state, limits)).toBe(true);
  expect(wantsPlaces(gate.state, { ...limits, live: 2, workspace_live: 2 })).toBe(false);
  // One waits for its place and one, of another workspace, for its creation.
  gate.ask("b", 1001, { workspace_id: "wsp_2" });
  expect(wantsPlaces(gate.state, { ...limits, live: 9 })).toBe(true);
});

it("a run that holds a place and is called for another creation takes one place, not two", () => {
  const gate = busyGate({ live: 2, creates_per_second: 2 });
  gate.ask("holder", 1);
  gate.ask("a", 2);
  gate.pass(1000);
  expect(gate.called).toEqual(["holder", "a"]);
});

it("what the provider lists counts once, what was given back meanwhile not at all, and the rest for a minute", () => {
  const gate = new Gate();
  gate.state = openCapacity(0);
  expect(gate.leases()).toEqual([]);
  gate.ask("a", 10_000);
  gate.ask("b", 20_000);
  const listed = (run_id: string): Lease => ({
    run_id,
    workspace_id: "wsp_1",
    worker_id: "",
    since: 0,
    until: 20 * minute,
  });
  const learn = (now: number, gone: string[], ...alive: string[]) => {
    const heard = { alive: alive.map(listed), gone: new Set(gone), now };
    gate.change((state) => reconcile(state, heard), now);
    return gate.leases();
  };
  expect(learn(21_000, ["c"], "a", "c")).toEqual(["a", "b"]);
  expect(learn(20_000 + minute - 1, [], "a")).toEqual(["a", "b"]);
  expect(learn(20_000 + minute, [], "a")).toEqual(["a"]);
});
