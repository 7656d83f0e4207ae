import { expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import { fileOf } from "../bundle/bundle-file.ts";
import { judgeBundle } from "../../deploys/judge-bundle.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** Line 8 and the ones after it are the columns. */
async function judge(source: string, path: string, text: string) {
  const manifest = `schema_version: "0.3"
name: sales
title: Sales
version: 0.1.0
exec: {mode: query}
query:
  source: {${source}}
  columns:
    id: integer
    amount: {type: number, from: Amount in euros}
    city: string
  id_column: id
`;
  const files = [fileOf("worker.yml", encode(manifest)), fileOf(path, encode(text))];
  const { findings, manifest: read } = await judgeBundle({ files, problems: [] });
  return { isGood: read !== null, found: findings.map(({ code, line, message }) => [code, line, message]) };
}

it.each([
  ["file: a.csv", "a.csv", '\uFEFFid,"Amount in euros", city \r\n1,2,Rom\n'],
  ["file: a.csv, delimiter: ;", "a.csv", '"id";"Amount in euros";city;other'],
  ["file: ./a.tab", "a.tab", "city\tid\tAmount in euros\n"],
  ["file: a.txt, format: tsv", "a.txt", "city\tid\tAmount in euros\n"],
  ["file: a.ndjson", "a.ndjson", "{}"],
])(
  "takes a file that names the declared columns, and one of another kind: %s",
  async (source, path, text) => {
    verifies("queries:columns:judged-at-push");
    expect(await judge(source, path, text)).toEqual({ isGood: true, found: [] });
  },
);

it("refuses one that lacks a column, or names it twice, with the column's line", async () => {
  verifies("queries:columns:judged-at-push");
  expect(await judge("file: a.csv", "a.csv", "id,Amount in euro,city,city\n")).toEqual({
    isGood: false,
    found: [
      [
        "unknown_column",
        10,
        'The first line of a.csv does not name Amount in euros. Did you mean "Amount in euro"?',
      ],
      ["unknown_column", 11, "The first line of a.csv names city twice."],
    ],
  });
  expect((await judge("file: a.csv", "a.csv", "")).found).toEqual([
    ["invalid_source", 7, "a.csv is empty: its first line names the columns."],
  ]);
});
