import { env, runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import { WakeUp } from "./wake-up.ts";

const HOUR_MS = 3_600_000;

/** An object with nothing in it but an alarm; `wakeUp` makes what stands over it, as after each eviction. */
async function inObject(
  body: (tools: {
    wakeUp: (wish?: number | null) => WakeUp;
    storage: DurableObjectStorage;
    rows: () => number;
  }) => Promise<void>,
): Promise<void> {
  const stub = env.RUN_OBJECT.get(env.RUN_OBJECT.newUniqueId());
  let rows = 0;
  await runInDurableObject(stub, async (_instance, state) => {
    const wakeUp = (wish: number | null = null) =>
      new WakeUp(state, {
        clock: Date.now,
        wish: () => wish,
        retryMs: HOUR_MS,
        failedEvent: "test.wake_failed",
        countRow: () => (rows += 1),
      });
    await body({ wakeUp, storage: state.storage, rows: () => rows });
  });
}

it("the earliest time wins, and costs a row only when the alarm has to move", async () => {
  const now = Date.now();
  await inObject(async ({ wakeUp, storage, rows }) => {
    const alarm = wakeUp();
    alarm.arm(now + 2 * HOUR_MS);
    alarm.arm(now + 3 * HOUR_MS);
    expect(await storage.getAlarm()).toBe(now + 2 * HOUR_MS);
    alarm.arm(now + HOUR_MS);
    expect(await storage.getAlarm()).toBe(now + HOUR_MS);
    expect(rows()).toBe(2);
  });
});

it("an alarm that was lost is set again when the object is there again, and one that stands is left alone", async () => {
  verifies("run:alarm:recalled");
  const now = Date.now();
  await inObject(async ({ wakeUp, storage, rows }) => {
    wakeUp(now + 2 * HOUR_MS).recall();
    await expect.poll(() => storage.getAlarm()).toBe(now + 2 * HOUR_MS);
    const again = wakeUp(now + HOUR_MS);
    again.recall();
    await storage.sync();
    again.arm(now + 3 * HOUR_MS);
    expect(await storage.getAlarm()).toBe(now + 2 * HOUR_MS);
    expect(rows()).toBe(1);
  });
});

it("work that fails is tried again later, and the alarm itself never fails", async () => {
  const before = Date.now();
  await inObject(async ({ wakeUp, storage }) => {
    await wakeUp().answer(async () => {
      throw new Error("no");
    });
    expect(await storage.getAlarm()).toBeGreaterThanOrEqual(before + HOUR_MS);
  });
});

it("work that fails is not tried again at once because it still wishes for a time that has passed", async () => {
  const before = Date.now();
  await inObject(async ({ wakeUp, storage }) => {
    const alarm = wakeUp();
    await alarm.answer(async () => {
      alarm.arm(before - 1);
      throw new Error("no");
    });
    expect(await storage.getAlarm()).toBeGreaterThanOrEqual(before + HOUR_MS);
  });
});

it("an alarm that was taken away can be set again, later than it stood", async () => {
  const now = Date.now();
  await inObject(async ({ wakeUp, storage }) => {
    const alarm = wakeUp();
    alarm.arm(now + HOUR_MS);
    await alarm.disarm();
    expect(await alarm.isArmed()).toBe(false);
    alarm.arm(now + 2 * HOUR_MS);
    expect(await storage.getAlarm()).toBe(now + 2 * HOUR_MS);
  });
});
