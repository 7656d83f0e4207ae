import { expect, it } from "vitest";
import { chooseEncoding, parseRange } from "./file-download.ts";

it.each([
  [undefined, "identity"],
  ["", "identity"],
  ["gzip", "gzip"],
  ["gzip, deflate", "identity"],
  ["gzip, deflate, br", "identity"],
  ["*", "identity"],
  ["gzip;q=0", "identity"],
  ["identity;q=0, gzip", "gzip"],
  ["gzip;q=0.9, identity;q=0.1", "gzip"],
  ["identity;q=0", undefined],
  ["*;q=0", undefined],
  ["br, *;q=0", undefined],
  ["gzip, *;q=0", "gzip"],
])("for Accept-Encoding %j the file is sent as %s", (header, encoding) => {
  expect(chooseEncoding(header)).toBe(encoding);
});

it.each([
  [undefined, undefined],
  ["bytes=0-", { start: 0, end: 9 }],
  ["bytes=2-4", { start: 2, end: 4 }],
  ["bytes=2-99", { start: 2, end: 9 }],
  ["bytes=-3", { start: 7, end: 9 }],
  ["bytes=-99", { start: 0, end: 9 }],
  ["bytes=10-", "unsatisfiable"],
  ["bytes=-0", "unsatisfiable"],
  ["bytes=4-2", undefined],
  ["bytes=0-1,4-5", undefined],
  ["bytes=-", undefined],
  ["lines=1-2", undefined],
])("Range %j of ten bytes means %j", (header, range) => {
  expect(parseRange(header, 10)).toEqual(range);
});

it("no range of an empty file can be satisfied", () => {
  expect(parseRange("bytes=0-", 0)).toBe("unsatisfiable");
  expect(parseRange("bytes=-5", 0)).toBe("unsatisfiable");
});
