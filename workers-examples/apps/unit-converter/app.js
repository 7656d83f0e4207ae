import { Table } from "floom";

/** What one of each is in the unit that the others of its kind are measured by. */
const UNITS = {
  metre: ["length", 1],
  kilometre: ["length", 1000],
  mile: ["length", 1609.344],
  foot: ["length", 0.3048],
  kilogram: ["weight", 1],
  pound: ["weight", 0.45359237],
  ounce: ["weight", 0.028349523125],
};

/** @typedef {"metre" | "kilometre" | "mile" | "foot" | "kilogram" | "pound" | "ounce"} Unit */

/**
 * Converts a length or a weight.
 *
 * @param {number} value - How much of it.
 * @param {Unit} from - What it is in.
 * @param {Unit} to - What it is to be in.
 * @param {number} [digits=2] - How many digits behind the point.
 * @returns {{value: number, formula: string}}
 */
export function convert(value, from, to, digits = 2) {
  const factor = factorOf(from, to);
  return { value: Number((value * factor).toFixed(digits)), formula: `1 ${from} = ${factor} ${to}` };
}

/**
 * Converts a column of a table, and adds one for what it gives.
 *
 * @param {Table} sheet - A CSV file with a head.
 * @param {string} column - Which of its columns.
 * @param {Unit} from
 * @param {Unit} to
 * @returns {Table}
 */
export function convertTable(sheet, column, from, to) {
  const factor = factorOf(from, to);
  const rows = sheet.rows.map((row) => ({ ...row, [to]: Number(row[column]) * factor }));
  return Table.fromRows(rows, "converted.csv");
}

function factorOf(from, to) {
  const [kind, size] = UNITS[from];
  const [otherKind, otherSize] = UNITS[to];
  if (kind !== otherKind) throw new Error(`A ${kind} in ${from} is no ${otherKind} in ${to}.`);
  return size / otherSize;
}
