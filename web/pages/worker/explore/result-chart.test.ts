import { expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { drawRows, findTable, listDrawable, MOST_BARS } from "./result-chart.ts";

const rows = [
  { country: "DE", revenue: 12.5, change: -1 },
  { country: "FR", revenue: null, change: 2 },
];

it("of a query's result the columns of amounts can be bars, and the others name them first", () => {
  verifies("web:queries:explored");
  const table = findTable({ count: 2, rows });
  if (table === null) throw new Error("There is no table.");
  expect(listDrawable(table)).toEqual({ amounts: ["revenue"], names: ["country", "change", "revenue"] });
  expect(drawRows(table, { amount: "revenue", name: "country" })).toEqual({
    amounts: [12.5, 0],
    names: ["DE", "FR"],
  });
});

it("what is no table, and what has no amounts, is not drawn", () => {
  expect(findTable({ count: 2, text: "none" })).toBeNull();
  const table = findTable({ rows: [{ country: "DE" }] });
  expect(table === null ? "none" : listDrawable(table)).toBeNull();
});

it("no more bars are drawn than can be told apart", () => {
  const table = findTable({ rows: Array.from({ length: 500 }, (_, n) => ({ n, name: `row ${n}` })) });
  if (table === null) throw new Error("There is no table.");
  expect(drawRows(table, { amount: "n", name: "name" }).amounts).toHaveLength(MOST_BARS);
});
