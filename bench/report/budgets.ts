import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Measurement } from "../harness/measurement.ts";
import { median } from "../harness/statistics.ts";

/**
 * `max_ratio`: the median, as a multiple of the floor's, at most. `min_ratio`: at least, where more is better. `max`: the median itself, where the goal is
 * absolute.
 */
const budgetSchema = z.union([
  z.strictObject({ max_ratio: z.number().positive() }),
  z.strictObject({ min_ratio: z.number().positive() }),
  z.strictObject({ max: z.number().positive() }),
]);
export type Budget = z.infer<typeof budgetSchema>;
export type Budgets = Record<string, Budget>;

/** A measurement held against its budget. */
export interface Verdict {
  measurement: Measurement;
  budget: Budget;
  /** What is compared with the budget: the ratio of the medians, or the median. */
  value: number;
  met: boolean;
}

/** Reads budgets.json. Throws when it does not have its form. */
export function readBudgets(): Budgets {
  const file = join(import.meta.dirname, "..", "budgets.json");
  return z.record(z.string(), budgetSchema).parse(JSON.parse(readFileSync(file, "utf8")));
}

/** Throws for a quantity without a budget, and for a ratio without a floor: both would pass unseen. */
export function judge(measurement: Measurement, budgets: Budgets): Verdict {
  const budget = budgets[measurement.id];
  if (budget === undefined) throw new Error(`budgets.json has no budget for ${measurement.id}.`);
  const value = median(measurement.samples);
  if ("max" in budget) return { measurement, budget, value, met: value <= budget.max };
  if (measurement.floor === null) throw new Error(`${measurement.id} has no floor to be a multiple of.`);
  const ratio = value / median(measurement.floor.samples);
  const met = "min_ratio" in budget ? ratio >= budget.min_ratio : ratio <= budget.max_ratio;
  return { measurement, budget, value: ratio, met };
}
