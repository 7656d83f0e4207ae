import fc from "fast-check";
import { expect, it } from "vitest";
import { readCsv, renameColumns } from "./read-csv.ts";
import { tableCsv } from "./table.ts";

it("quotes, line breaks in cells, semicolons and a mark at the beginning are read", () => {
  expect(readCsv('\uFEFFa;b\r\n"x;1";"say ""hi""\nthere"\r\n\r\n3;\n', 10)).toEqual({
    separator: ";",
    rows: [
      ["a", "b"],
      ["x;1", 'say "hi"\nthere'],
      ["3", ""],
    ],
    isCut: false,
  });
  expect(readCsv("a,b\n1,2\n3,4\n", 2)).toMatchObject({
    rows: [
      ["a", "b"],
      ["1", "2"],
    ],
    isCut: true,
  });
  expect(readCsv('a,"b', 5).rows).toEqual([["a", "b"]]);
  expect(readCsv("", 5).rows).toEqual([]);
});

it("columns are renamed, and the rows stay as they are", () => {
  const text = 'Name,"E, mail"\r\n"a",b\r\n';
  expect(renameColumns(text, new Map([["Name", "name"]]))).toBe('name,"E, mail"\r\n"a",b\r\n');
});

it("whatever a table writes is read back", () => {
  const cell = fc
    .string({ minLength: 1 })
    .filter((text) => !/^\s*[=+\-@|%]/.test(text) && !/^[\t\r]/.test(text));
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
      expect(readCsv(tableCsv(["a", "b"], rows), 1000).rows.slice(1)).toEqual(rows);
    }),
  );
});
