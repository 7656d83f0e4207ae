import type { Unit } from "../harness/measurement.ts";
import type { Budget, Verdict } from "./budgets.ts";
import { median, quantile } from "../harness/statistics.ts";

const HEADINGS = ["quantity", "p50", "p95", "floor", "p50", "ratio", "budget", ""];

/** The verdicts as a table of text; absolute numbers are for reading, the ratio is what is judged. */
export function formatTable(verdicts: readonly Verdict[]): string {
  const rows = [HEADINGS, ...verdicts.map(buildRow)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
  lines.splice(1, 0, widths.map((width) => "-".repeat(width)).join("  "));
  return lines.map((line) => line.trimEnd()).join("\n");
}

function buildRow({ measurement, budget, value, met }: Verdict): string[] {
  const { title, samples, floor, unit, note } = measurement;
  const verdict = [met ? "ok" : "MISSED", note].filter((part) => part !== undefined).join("  ");
  return [
    title,
    formatValue(median(samples), unit),
    formatValue(quantile(samples, 0.95), unit),
    floor?.title ?? "",
    floor === null ? "" : formatValue(median(floor.samples), unit),
    "max" in budget ? "" : `${value.toFixed(2)} x`,
    formatBudget(budget, unit),
    verdict,
  ];
}

function formatBudget(budget: Budget, unit: Unit): string {
  if ("max" in budget) return `<= ${formatValue(budget.max, unit)}`;
  return "min_ratio" in budget ? `>= ${budget.min_ratio} x` : `<= ${budget.max_ratio} x`;
}

function formatValue(value: number, unit: Unit): string {
  if (unit === "/s") return `${value.toFixed(1)}/s`;
  if (unit !== "ms") return `${value} ${unit}`;
  return `${value.toFixed(value < 10 ? 2 : 1)} ms`;
}
