import { expect, it } from "vitest";
import { attachmentDisposition } from "../http/attachment.ts";
import { cleanFilename, cleanMediaType } from "./clean-names.ts";

it.each([
  ["report.csv", "report.csv"],
  ["../../etc/passwd", "passwd"],
  ["C:\\Users\\ada\\a b.txt", "a b.txt"],
  ["a\r\nX-Evil: 1.txt", "aX-Evil: 1.txt"],
  ["", "file"],
  ["..", "file"],
])("the file name %j is kept as %j", (given, kept) => {
  expect(cleanFilename(given)).toBe(kept);
});

it("a very long name keeps its ending", () => {
  const kept = cleanFilename(`${"x".repeat(1000)}.csv`);
  expect(kept).toHaveLength(200);
  expect(kept.endsWith(".csv")).toBe(true);
});

it.each([
  ["text/CSV; charset=utf-8", "text/csv"],
  ["nonsense", "application/octet-stream"],
  ["text/html\r\nX: y", "application/octet-stream"],
  ["", "application/octet-stream"],
])("the media type %j is kept as %j", (given, kept) => {
  expect(cleanMediaType(given)).toBe(kept);
});

it("a name in any script makes a header that holds", () => {
  expect(attachmentDisposition('Bericht "März".csv')).toBe(
    `attachment; filename="Bericht _M_rz_.csv"; filename*=UTF-8''Bericht%20%22M%C3%A4rz%22.csv`,
  );
});
