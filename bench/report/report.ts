import type { Budget, Verdict } from "./budgets.ts";
import type { Unit } from "../harness/measurement.ts";
import { median, quantile } from "../harness/statistics.ts";

/** A quantity for programs to read. `value` and `floor` are medians, in `unit`. */
interface ReportedQuantity {
  /** Its name in budgets.json. */
  name: string;
  title: string;
  unit: Unit;
  value: number;
  p95: number;
  floor: number | null;
  floor_title: string | null;
  /** The value as a multiple of the floor; null where the value itself is judged. */
  ratio: number | null;
  budget: Budget;
  met: boolean;
  note: string | null;
}

/** What was measured, as one document. Pure. */
export function buildReport(verdicts: readonly Verdict[]): { met: boolean; quantities: ReportedQuantity[] } {
  const quantities = verdicts.map(({ measurement, budget, value, met }) => {
    const { id, title, unit, samples, floor, note } = measurement;
    return {
      name: id,
      title,
      unit,
      value: median(samples),
      p95: quantile(samples, 0.95),
      floor: floor && median(floor.samples),
      floor_title: floor?.title ?? null,
      ratio: "max" in budget ? null : value,
      budget,
      met,
      note: note ?? null,
    };
  });
  return { met: quantities.every(({ met }) => met), quantities };
}
