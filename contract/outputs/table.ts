import { isNode } from "../forms/schema-parts.ts";
import type { Json } from "../json.ts";
import type { OutputTable } from "./output.ts";
import { showLine } from "./show-text.ts";

const MOST_ROWS = 100_000;
const MOST_COLUMNS = 200;

const isFlat = (value: Json) => typeof value !== "object" || value === null || Array.isArray(value);

/** A list of objects as a table; null for what is none. Objects within cells are allowed where `isDeclared`. */
export function tableOf(value: Json | undefined, isDeclared = false): OutputTable | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const shown = value.slice(0, MOST_ROWS);
  const leftOut = value.length - shown.length;
  if (isDeclared && shown.every(Array.isArray)) return { ...listTable(shown), leftOut };
  if (!shown.every(isNode)) return null;
  if (!isDeclared && !shown.every((row) => Object.values(row).every(isFlat))) return null;
  const columns = [...new Set(shown.flatMap((row) => Object.keys(row)))].slice(0, MOST_COLUMNS);
  if (columns.length === 0) return null;
  return { columns, leftOut, rows: shown.map((row) => columns.map((column) => cellOf(row, column))) };
}

const cellOf = (row: Record<string, Json>, column: string) =>
  Object.hasOwn(row, column) ? (row[column] ?? null) : null;

function listTable(lists: readonly Json[][]): Omit<OutputTable, "leftOut"> {
  const width = Math.min(Math.max(...lists.slice(0, 1000).map((list) => list.length)), MOST_COLUMNS);
  const columns = Array.from({ length: width }, (_, at) => String(at + 1));
  return { columns, rows: lists.map((list) => columns.map((_, at) => list[at] ?? null)) };
}

/** A cell as people read it. */
export function cellText(cell: Json): string {
  if (cell === null) return "";
  return showLine(typeof cell === "string" ? cell : JSON.stringify(cell));
}

/** Where rows go that hold `filter` in any cell, in any case, in the order of one column. Row numbers of the table. */
export function arrangeRows(
  { rows }: Pick<OutputTable, "rows">,
  { filter, sort }: { filter: string; sort: { column: number; descending: boolean } | null },
): number[] {
  const wanted = filter.trim().toLowerCase();
  const all = rows.map((_, at) => at);
  const found =
    wanted === ""
      ? all
      : all.filter((at) => (rows[at] ?? []).some((cell) => cellText(cell).toLowerCase().includes(wanted)));
  if (sort === null) return found;
  const { column, descending } = sort;
  const sign = descending ? -1 : 1;
  const cell = (at: number) => rows[at]?.[column] ?? null;
  return found.toSorted((one, other) => {
    const [left, right] = [cell(one), cell(other)];
    // What is empty stands last, whichever way the column is turned.
    if (left === null || right === null) return Number(left === null) - Number(right === null) || one - other;
    return sign * compareCells(left, right) || one - other;
  });
}

const words = new Intl.Collator("en", { numeric: true });

function compareCells(left: Json, right: Json): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  return words.compare(cellText(left), cellText(right));
}

const NUMBER = /^[+-]?(\d+(\.\d+)?)(e[+-]?\d+)?$/i;

/**
 * The table as CSV (RFC 4180). A text that a spreadsheet would calculate gets an apostrophe before it, so that opening
 * the file runs nothing; plain numbers stay as they are.
 */
export function tableCsv(columns: readonly string[], rows: Iterable<readonly Json[]>): string {
  const lines = [columns.map(csvCell).join(",")];
  for (const row of rows) lines.push(row.map(csvCell).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

function csvCell(cell: Json): string {
  if (cell === null) return "";
  const text = typeof cell === "string" ? cell : JSON.stringify(cell);
  const isFormula = /^\s*[=+\-@\t\r|%]/.test(text) && !NUMBER.test(text);
  const safe = isFormula ? `'${text}` : text;
  return /[",\r\n;]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
