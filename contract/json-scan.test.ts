import { expect, it } from "vitest";
import { createRandom } from "../test/support/random.ts";
import { JsonRefused, readGivenJson } from "./json.ts";
import { scanJson } from "./json-scan.ts";

it.each([
  ['{"a": {"b": [1, 9007199254740993]}}', "number", "/a/b/1", 1, 17],
  ["[1e400]", "number", "/0", 1, 2],
  ["[1e-400]", "number", "/0", 1, 2],
  ["-12345678901234567890", "number", "", 1, 1],
  ['{"a": 1,\n "a": 2}', "duplicate_key", "/a", 2, 2],
  ['{"a": 1, "\\u0061": 2}', "duplicate_key", "/a", 1, 10],
  ['{"o": {"__proto__": {}}}', "lost_key", "/o/__proto__", 1, 8],
  ['{"o": {"\\u005f_proto__": {}}}', "lost_key", "/o/__proto__", 1, 8],
  ['{"a": NaN}', "syntax", "/a", 1, 7],
  ["[Infinity]", "syntax", "/0", 1, 2],
  ['{"a": 1,}', "syntax", "", 1, 9],
  ["[1, 2", "syntax", "/1", 1, 6],
  ["{'a': 1}", "syntax", "", 1, 2],
  ['{"a/b~": "x\ty"}', "syntax", "/a~1b~0", 1, 12],
  ["[01]", "syntax", "/0", 1, 3],
  ["", "syntax", "", 1, 1],
  ["1 2", "syntax", "", 1, 3],
  ["[".repeat(201), "too_deep", "/0".repeat(200), 1, 201],
])("%j is refused where it is wrong, not changed", (text, code, pointer, line, column) => {
  expect(scanJson(text)).toMatchObject({ code, pointer, line, column });
  expect(() => readGivenJson(text)).toThrow(JsonRefused);
});

it.each([
  "9007199254740991",
  "-0",
  "0.1",
  "1e21",
  "0e-999",
  "3.14159265358979323846",
  ' {"a": [true, false, null, "\\u00e9\\n", ""], "": {}} ',
  "[[], {}, [[]]]",
  '"\\"\\\\"',
])("%j is read as it is", (text) => {
  expect(readGivenJson(text)).toEqual(JSON.parse(text));
});

it("half a character becomes the sign for what cannot be read, in values and in names; whole ones stay", () => {
  expect(readGivenJson('{"cut \\ud83d": ["a\\uDE00", "\\ud83d\\ude00"]}')).toEqual({
    "cut \ufffd": ["a\ufffd", "😀"],
  });
});

it("takes and refuses what JavaScript's own reader takes and refuses, whatever was made of a text", () => {
  const random = createRandom(7);
  const text = '{"a": [1, -2.5e3, "x\\n\\u00e9", true, null, {"b": {}}], "c": ""}';
  for (let round = 0; round < 3000; round++) {
    const at = random.below(text.length);
    const put = '{}[]",:\\01e.-tn u'[random.below(18)] ?? "";
    const changed = text.slice(0, at) + put + text.slice(at + random.below(3));
    expect([changed, isRead(changed)]).toEqual([changed, isJson(changed)]);
  }
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isRead(text: string): boolean {
  return scanJson(text)?.code !== "syntax";
}
