import { expect, it } from "vitest";
import { KvInMemory } from "../../../test/support/workerd/kv-in-memory.ts";
import { verifies } from "../../../test/verifies.ts";
import type { CheckResult, ConnectionTarget } from "../connection-api.ts";
import { HealthWatch } from "./health-watch.ts";
import type { Failing } from "./health-watch.ts";

const HOUR = 3_600_000;
const target = { id: "con_1", workspace_id: "wsp_1", name: "linear" } as ConnectionTarget;
const well: CheckResult = { status: "valid", reason: "", needs_sign_in: false, account_label: null };
const away: CheckResult = { ...well, status: "failed", reason: "It does not answer." };
const signedOut: CheckResult = { ...well, status: "expired", reason: "Sign in again.", needs_sign_in: true };

/** A watch over one connection, on a clock that only waking moves. */
function open() {
  const kv = new KvInMemory();
  const world = { now: 0, result: well, isThere: true, asked: [] as number[], told: [] as Failing[] };
  const make = () =>
    new HealthWatch({
      kv,
      clock: () => world.now,
      rearm: () => undefined,
      find: async () => (world.isThere ? target : null),
      check: async () => {
        world.asked.push(world.now);
        return world.result;
      },
      tellFailing: async (_target, failing) => void world.told.push(failing),
    });
  // Each wake-up is a life of its own: nothing is remembered but what was written down.
  const wakeUntil = async (end: number) => {
    for (let at = make().wakeAt(); at !== null && at <= end; at = make().wakeAt()) {
      world.now = at;
      await make().wake();
    }
    world.now = end;
  };
  return { world, use: () => make().noteUse(target), wakeUntil, wakeAt: () => make().wakeAt() };
}

it("looks four times a day at a connection that is used, and at none that nobody has used for two weeks", async () => {
  verifies("connections:health:watched");
  const { world, use, wakeUntil, wakeAt } = open();
  expect(wakeAt()).toBeNull();
  use();
  await wakeUntil(24 * HOUR);
  expect(world.asked).toEqual([6, 12, 18, 24].map((hours) => hours * HOUR));
  await wakeUntil(30 * 24 * HOUR);
  expect(world.asked.at(-1)).toBeLessThanOrEqual(14 * 24 * HOUR);
  expect(wakeAt()).toBeNull();
  use();
  expect(wakeAt()).toBe(world.now + 6 * HOUR);
});

it("tells of a sign-in that has ended at once, and once until it is well again", async () => {
  verifies("connections:health:watched");
  const { world, use, wakeUntil } = open();
  use();
  world.result = signedOut;
  await wakeUntil(48 * HOUR);
  expect(world.told).toEqual([{ reason: "Sign in again.", since: 6 * HOUR }]);
  world.result = well;
  await wakeUntil(60 * HOUR);
  world.result = signedOut;
  await wakeUntil(72 * HOUR);
  expect(world.told).toHaveLength(2);
});

it("tells of a server that is away when it is away twice, and of nothing where nobody has signed in yet", async () => {
  verifies("connections:health:watched");
  const { world, use, wakeUntil } = open();
  use();
  world.result = away;
  await wakeUntil(6 * HOUR);
  expect(world.told).toEqual([]);
  world.result = well;
  await wakeUntil(7 * HOUR);
  world.result = away;
  await wakeUntil(12.25 * HOUR);
  expect(world.told).toEqual([]);
  await wakeUntil(14 * HOUR);
  expect(world.told).toHaveLength(1);

  const other = open();
  other.use();
  other.world.result = { ...away, needs_sign_in: true };
  await other.wakeUntil(48 * HOUR);
  expect(other.world.told).toEqual([]);
});

it("forgets a connection that is gone or switched off", async () => {
  verifies("connections:health:watched");
  const { world, use, wakeUntil, wakeAt } = open();
  use();
  world.isThere = false;
  await wakeUntil(24 * HOUR);
  expect(world.asked).toEqual([]);
  expect(wakeAt()).toBeNull();
});
