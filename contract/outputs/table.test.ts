import { expect, it } from "vitest";
import { arrangeRows, cellText, tableCsv, tableOf } from "./table.ts";

const table = tableOf([
  { name: "b10", n: 2 },
  { name: "B9", n: null },
  { n: 1, name: "" },
]);

it("every key of any row is a column, and what a row does not have is empty", () => {
  expect(tableOf([{ a: 1 }, { b: "x" }])).toEqual({
    columns: ["a", "b"],
    rows: [
      [1, null],
      [null, "x"],
    ],
    leftOut: 0,
  });
});

it("a hundred thousand rows are shown, and what comes after them is counted", () => {
  const many = tableOf(Array.from({ length: 100_003 }, (_, a) => ({ a })));
  expect([many?.rows.length, many?.leftOut]).toEqual([100_000, 3]);
});

it("rows are sorted as numbers or words, what is empty last, and filtered in any case", () => {
  if (table === null) throw new Error("no table");
  const by = (column: number, descending = false, filter = "") =>
    arrangeRows(table, { filter, sort: { column, descending } });
  expect(by(0)).toEqual([2, 1, 0]);
  expect(by(1)).toEqual([2, 0, 1]);
  expect(by(1, true)).toEqual([0, 2, 1]);
  expect(by(0, false, "b9")).toEqual([1]);
});

it.each([
  ["=1+1", "'=1+1"],
  ["+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"],
  ["-2+3", "'-2+3"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\t=1", "'\t=1"],
  ["-5", "-5"],
  [-5, "-5"],
  ["+1.5e3", "+1.5e3"],
  ['say "hi", then', '"say ""hi"", then"'],
  [{ a: 1 }, '"{""a"":1}"'],
  [null, ""],
])("in CSV %j runs nothing and reads as what it was", (cell, written) => {
  expect(tableCsv(["=head"], [[cell]])).toBe(`'=head\r\n${written}\r\n`);
});

it("a cell shows no more than a page can hold", () => {
  expect(cellText("y".repeat(5_000))).toContain("3,000 more characters");
});
