import { asSeen, onOneLine } from "./safe-text.ts";

const GAP = "  ";

/**
 * Lines of a table with a head, columns as wide as their widest cell. The last column is never padded. Cells may carry
 * colours; only what is seen counts for the width.
 */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows].map((row) => row.map(onOneLine));
  const widths = head.map((_, column) => Math.max(...all.map((row) => visibleWidth(row[column] ?? ""))));
  return all.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : pad(cell, widths[column] ?? 0)))
      .join(GAP)
      .trimEnd(),
  );
}

/** Lines of names and values, the values below each other; further lines of a value are indented to it. */
export function renderPairs(pairs: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...pairs.map(([name]) => visibleWidth(onOneLine(name))));
  const indent = " ".repeat(width + GAP.length);
  return pairs.map(
    ([name, value]) =>
      `${pad(onOneLine(name), width)}${GAP}${value.trimEnd().replaceAll("\n", `\n${indent}`)}`,
  );
}

function pad(cell: string, width: number): string {
  return cell + " ".repeat(Math.max(0, width - visibleWidth(cell)));
}

function visibleWidth(text: string): number {
  return [...asSeen(text)].length;
}
