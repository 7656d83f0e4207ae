import type { Json } from "#contract/json";
import type { OutputTable } from "#contract/outputs/output";
import { tableOf } from "#contract/outputs/table";

/** What of a table can be drawn as bars. */
export interface Drawable {
  /** Columns of amounts that are nowhere below nothing. */
  amounts: readonly string[];
  /** Columns that can name the bars. */
  names: readonly string[];
}

/** More bars than this are no picture any more. */
export const MOST_BARS = 40;
const LONGEST_NAME = 24;

/** The first table among a run's outputs; null where there is none. Pure. */
export function findTable(outputs: Readonly<Record<string, Json>>): OutputTable | null {
  return (
    Object.values(outputs)
      .map((value) => tableOf(value))
      .find((table) => table !== null) ?? null
  );
}

const cellsOf = ({ columns, rows }: OutputTable, column: string): Json[] => {
  const at = columns.indexOf(column);
  return rows.map((row) => row[at] ?? null);
};

/** Which columns of a table can be bars, and which can name them; null where none can be drawn. Pure. */
export function listDrawable(table: OutputTable): Drawable | null {
  const amounts = table.columns.filter((column) => {
    const cells = cellsOf(table, column).filter((cell) => cell !== null);
    return cells.length > 0 && cells.every((cell) => typeof cell === "number" && cell >= 0);
  });
  const words = table.columns.filter((column) => !amounts.includes(column));
  if (amounts.length === 0) return null;
  return { amounts, names: [...words, ...amounts] };
}

/** One bar a row: its amount, and what it is called. A row without an amount has none. Pure. */
export function drawRows(
  table: OutputTable,
  { amount, name }: { amount: string; name: string },
): { amounts: number[]; names: string[] } {
  const names = cellsOf(table, name).slice(0, MOST_BARS);
  return {
    amounts: cellsOf(table, amount)
      .slice(0, MOST_BARS)
      .map((cell) => (typeof cell === "number" ? cell : 0)),
    names: names.map((cell) => tellCell(cell).slice(0, LONGEST_NAME)),
  };
}

const tellCell = (cell: Json): string =>
  typeof cell === "string" ? cell : cell === null ? "–" : JSON.stringify(cell);
