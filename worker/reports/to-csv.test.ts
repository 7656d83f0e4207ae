import { describe, expect, it } from "vitest";
import { sampleRunSummary } from "../../test/support/sample-records.ts";
import { csvHead, csvLines, csvNote, toCell } from "./to-csv.ts";

it("cells with quotes, commas and line ends are quoted as RFC 4180 has it, others are not", () => {
  expect(["plain", "a,b", 'say "x"', "two\r\nlines", "", "  spaces "].map(toCell)).toEqual([
    "plain",
    '"a,b"',
    '"say ""x"""',
    '"two\r\nlines"',
    "",
    "  spaces ",
  ]);
  expect([toCell(null), toCell(0), toCell(-5)]).toEqual(["", "0", "-5"]);
});

describe("what a spreadsheet would calculate is text", () => {
  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://evil","x")'])(
    "%j",
    (formula) => {
      const cell = toCell(formula);
      expect(cell.replace(/^"/, "").startsWith("'")).toBe(true);
    },
  );
});

it("every line has as many cells as the head, and ends as RFC 4180 has it", () => {
  const width = (line: string) => line.split(",").length;
  const lines = [csvHead(), csvLines([sampleRunSummary({ error: "plain" })]), csvNote("Cut off.")];
  for (const line of lines) expect([width(line), line.endsWith("\r\n")]).toEqual([width(csvHead()), true]);
});
