import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { planSpells, Weather } from "./weather.ts";
import type { Disturbance, Way } from "./weather.ts";

const TEN_MINUTES = 600_000;
const ways: readonly Way[] = ["control", "data", "edge"];

/** What a request every 20 ms meets in ten minutes. */
function suffer(seed: number, way: Way): (Disturbance | null)[] {
  const weather = new Weather(seed, way);
  return Array.from({ length: TEN_MINUTES / 20 }, (_, index) => weather.judge(index * 20));
}

it("the seed fixes the weather of each way, and no way has that of another", () => {
  verifies("chaos:seed:same-faults");
  for (const way of ways) expect(suffer(7, way)).toEqual(suffer(7, way));
  expect(suffer(7, "control")).not.toEqual(suffer(8, "control"));
  expect(suffer(7, "control").slice(0, 2000)).not.toEqual(suffer(7, "data").slice(0, 2000));
});

it("there is calm between spells, and requests pass in both", () => {
  const spells = planSpells(3, "edge");
  let end = 0;
  for (let index = 0; index < 100; index += 1) {
    const { value } = spells.next();
    expect(value.from_ms - end).toBeGreaterThanOrEqual(2000);
    end = value.until_ms;
  }
  const share = suffer(3, "edge").filter((one) => one !== null).length / (TEN_MINUTES / 20);
  expect(share).toBeGreaterThan(0.1);
  expect(share).toBeLessThan(0.6);
});

it("every kind of fault and every status comes up, and only the control plane never lies with a 404", () => {
  for (const way of ways) {
    const all = suffer(11, way).filter((one) => one !== null);
    expect(new Set(all.map(({ kind }) => kind))).toEqual(
      new Set(["status", "cut", "drop", "stall", "twice"]),
    );
    const statuses = new Set(all.flatMap((one) => (one.kind === "status" ? [one.status] : [])));
    const common = [401, 409, 413, 429, 500, 502, 503, 504];
    expect(statuses).toEqual(new Set(way === "control" ? common : [...common, 404, 410]));
  }
});
