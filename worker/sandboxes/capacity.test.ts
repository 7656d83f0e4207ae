import { expect, it } from "vitest";
import { createRandom } from "../../test/support/random.ts";
import { verifies } from "../../test/verifies.ts";
import { claim, openCapacity, reconcile, release } from "./capacity.ts";
import type { CapacityState } from "./capacity.ts";

const limits = { creates_per_second: 1, live: 3, workspace_live: 2 };
const minute = 60_000;

/** Asks in turn and keeps the state. */
function gate(start = 0, own = limits) {
  let state: CapacityState = openCapacity(start);
  return {
    ask: (run_id: string, now: number, workspace_id = run_id) => {
      const asked = { run_id, workspace_id, lifetime_ms: 10 * minute };
      const next = claim(state, { claim: asked, limits: own, now });
      state = next.state;
      return next.verdict;
    },
    change: (next: (before: CapacityState) => CapacityState) => void (state = next(state)),
    leases: () => state.leases.map((lease) => lease.run_id),
  };
}

it("creations are spread as the provider takes them, and who asked first goes first", () => {
  verifies("queue:provider:limits-respected");
  const { ask } = gate();
  expect(ask("a", 0)).toEqual({ kind: "granted" });
  expect(ask("b", 100)).toMatchObject({ kind: "wait", retry_after_ms: 900, full: false });
  expect(ask("c", 200)).toMatchObject({ retry_after_ms: 1800 });
  expect(ask("c", 1200).kind).toBe("wait");
  expect(ask("b", 1200).kind).toBe("granted");
});

it("the account's and the workspace's limits hold, and a full workspace does not hold up the others", () => {
  const { ask, leases } = gate();
  expect(ask("a", 10_000, "w1").kind).toBe("granted");
  expect(ask("b", 12_000, "w1").kind).toBe("granted");
  expect(ask("c", 14_000, "w1")).toMatchObject({ kind: "wait", full: true });
  expect(ask("d", 14_000, "w2").kind).toBe("granted");
  const verdict = ask("e", 16_000, "w3");
  expect(verdict).toMatchObject({ reason: "3 of 3 sandboxes of the provider are in use.", full: true });
  expect(leases()).toEqual(["a", "b", "d"]);
});

it("a lease ends when it is given back or the sandbox's life is over, and a lost word cannot keep it", () => {
  const { ask, change } = gate(0, { ...limits, live: 1 });
  expect(ask("a", 0).kind).toBe("granted");
  expect(ask("b", 5000).kind).toBe("wait");
  change((state) => release(release(state, "a"), "a"));
  expect(ask("b", 6000).kind).toBe("granted");
  expect(ask("c", 6000 + 11 * minute).kind).toBe("granted");
});

it("who stops asking does not hold up those behind it", () => {
  const { ask } = gate(0, { ...limits, live: 1 });
  ask("a", 0);
  ask("gone", 1000);
  expect(ask("b", 2000).kind).toBe("wait");
  expect(ask("b", 11 * minute).kind).toBe("granted");
});

it("a gate that forgot everything learns what is alive from the provider", () => {
  const alive = ["x", "y", "z"].map((run_id) => ({
    run_id,
    workspace_id: "w",
    since: 0,
    until: 10 * minute,
  }));
  const { ask, change, leases } = gate(2 * minute);
  change((state) => reconcile(state, alive, 2 * minute));
  expect(ask("a", 3 * minute).kind).toBe("wait");
  change((state) => reconcile(state, alive.slice(1), 3 * minute));
  expect(ask("a", 3 * minute + 1000).kind).toBe("granted");
  change((state) => reconcile(state, alive.slice(1), 3 * minute + 2000));
  expect(leases()).toEqual(["y", "z", "a"]);
});

it("whatever the order of asking and giving back, the limits hold and everybody gets a turn", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = createRandom(seed);
    const { ask, change, leases } = gate();
    const waiting = Array.from({ length: 12 }, (_, i) => ({ run: `r${i}`, workspace: `w${i % 4}` }));
    const grants: number[] = [];
    let now = 0;
    for (let i = 0; i < 2000 && waiting.length > 0; i++) {
      now += random.below(700);
      const one = random.pick(waiting);
      if (one && ask(one.run, now, one.workspace).kind === "granted") {
        grants.push(now);
        waiting.splice(waiting.indexOf(one), 1);
      }
      expect(leases().length, `seed ${seed}`).toBeLessThanOrEqual(limits.live);
      const held = random.pick(leases());
      if (held && random.chance(0.2)) change((state) => release(state, held));
    }
    expect(waiting, `seed ${seed}`).toEqual([]);
    const burst = grants.some((at, i) => i >= 2 && at - (grants[i - 2] ?? 0) < 1000);
    expect(burst, `seed ${seed}: more than two in a second`).toBe(false);
  }
});
