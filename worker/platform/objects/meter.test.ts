import { expect, it } from "vitest";
import { Meter } from "./meter.ts";

it("counts the time of work that overlaps once, and none between one piece of work and the next", async () => {
  let now = 1000;
  const meter = new Meter(() => now);
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  const both = [meter.awake(() => first.promise), meter.awake(() => second.promise)];
  now += 10;
  first.resolve();
  await both[0];
  now += 10;
  expect(meter.activeMs).toBe(20);
  second.resolve();
  await both[1];
  now += 500;
  expect(await meter.awake(async () => (now += 5))).toBe(1525);
  expect(meter.activeMs).toBe(25);
});

it("counts the time of work that fails, and passes its error on", async () => {
  let now = 0;
  const meter = new Meter(() => now);
  const failing = meter.awake(async () => {
    now += 7;
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(meter.activeMs).toBe(7);
});
