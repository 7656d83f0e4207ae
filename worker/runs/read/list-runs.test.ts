import { expect, it } from "vitest";
import { runIdSchema } from "#contract/ids";
import { numberedId } from "../../../test/support/numbered-id.ts";
import { sampleRunSummary } from "../../../test/support/sample-records.ts";
import { mergeRows } from "./list-runs.ts";

const idOf = (number: number) => runIdSchema.parse(numberedId("run", number));
const list = (numbers: number[], rest: number | null = null) => ({
  rows: numbers.map((number) => sampleRunSummary({ id: idOf(number) })),
  rest: rest === null ? null : idOf(rest),
});
const ids = (rows: { id: string }[]) => rows.map(({ id }) => id);

it("lists of several statuses become one, newest first and no longer than asked for", () => {
  const { rows, rest } = mergeRows([list([9, 5, 1]), list([8, 2])], 4);
  expect([ids(rows), rest]).toEqual([[9, 8, 5, 2].map(idOf), null]);
});

it("where one list looked only so far back, older runs of the others wait for the next page", () => {
  const { rows, rest } = mergeRows([list([9], 6), list([8, 2])], 4);
  expect([ids(rows), rest]).toEqual([[9, 8].map(idOf), idOf(6)]);
});
