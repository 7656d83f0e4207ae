import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { planFaults, planOrders } from "./plan.ts";
import type { Fault } from "./plan.ts";

function firstFaults(seed: number): Fault[] {
  const faults: Fault[] = [];
  for (const fault of planFaults(seed)) if (faults.push(fault) === 200) break;

  return faults;
}

it("a seed plans the same faults and the same orders every time, and another seed others", () => {
  verifies("chaos:seed:same-faults");
  expect(firstFaults(7)).toEqual(firstFaults(7));
  expect(planOrders(7, 100)).toEqual(planOrders(7, 100));
  expect(firstFaults(7)).not.toEqual(firstFaults(8));
  expect(planOrders(7, 100)).not.toEqual(planOrders(8, 100));
});

it("more orders of a seed begin with the same ones and leave its faults as they are", () => {
  expect(planOrders(7, 100).slice(0, 40)).toEqual(planOrders(7, 40));
});

it("every process is killed, alone and together, with a pause for it to come back", () => {
  const faults = firstFaults(7);
  expect(new Set(faults.map(({ target }) => target))).toEqual(new Set(["edge", "sandbox", "both"]));
  const gaps = faults.map(({ at_ms }, index) => at_ms - (faults[index - 1]?.at_ms ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1500);
});
