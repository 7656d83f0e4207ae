import { expect, it } from "vitest";
import { lineAtPointer } from "./json-line.ts";

const text = `{
  "name": "a, b: {}",
  "list": [
    1,
    {"x": 1,
     "y/z": [true]}
  ],
  "last": null
}`;

it.each([
  ["", 1],
  ["/name", 2],
  ["/list", 3],
  ["/list/0", 4],
  ["/list/1", 5],
  ["/list/1/y~1z", 6],
  ["/list/1/y~1z/0", 6],
  ["/list/1/none", 5],
  ["/list/7", 3],
  ["/last", 8],
  ["/none/at/all", 1],
])("what the pointer %j names begins in line %i", (pointer, line) => {
  expect(lineAtPointer(text, pointer)).toBe(line);
});

it("a text that is no JSON is read as far as it goes", () => {
  expect(lineAtPointer('{\n "a": [1,\n 2', "/a/1")).toBe(3);
  expect(lineAtPointer("]]}", "/a")).toBe(1);
  expect(lineAtPointer("", "/a")).toBe(1);
});
