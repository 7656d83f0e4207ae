import type { RunSummary } from "#contract/runs/run";

const columns = [
  "id",
  "worker_id",
  "worker_name",
  "version",
  "status",
  "trigger_source",
  "created_at",
  "started_at",
  "completed_at",
  "duration_ms",
  "attempt",
  "error_code",
  "error",
] as const satisfies readonly (keyof RunSummary)[];

const LINE_END = "\r\n";
/** What makes a spreadsheet take a cell for a formula. */
const FORMULA = /^[=+\-@\t\r\n]/;

/**
 * One cell (RFC 4180). Text that a spreadsheet would calculate gets an apostrophe before it, which shows it as the text
 * it is: a script chooses the words of its error, and whoever opens the file has not chosen the script. Pure.
 */
export function toCell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const toLine = (cells: readonly (string | number | null)[]) => cells.map(toCell).join(",") + LINE_END;

/** The head line. Pure. */
export function csvHead(): string {
  return toLine(columns);
}

/** One line for each run. Pure. */
export function csvLines(runs: readonly RunSummary[]): string {
  return runs.map((run) => toLine(columns.map((column) => run[column]))).join("");
}

/** A last line that says so in its first cell, as wide as the others. Pure. */
export function csvNote(note: string): string {
  return toLine(columns.map((_, at) => (at === 0 ? note : null)));
}
