import { expect, it } from "vitest";
import { scanTopKeys } from "./scan-top-keys.ts";

/** The document in pieces of `size` bytes, as a stream brings it. */
function scan(text: string, wanted: string[], size = 3) {
  const bytes = new TextEncoder().encode(text);
  const { push, end } = scanTopKeys(wanted);
  for (let at = 0; at < bytes.length; at += size) push(bytes.subarray(at, at + size));
  const found = end();
  return found.kind === "object" ? [...found.keys].sort() : found.kind;
}

it.each([
  ['{"id": 1, "name": "x"}', ["id", "name"]],
  ['{"a": {"id": 1}, "b": [{"id": 2}]}', []],
  ['{"a": "\\"id\\": {", "id": -1.5e3}', ["id"]],
  ['\uFEFF{"\\u0069d":null}\n', ["id"]],
  ["{}", []],
  ["[1, 2]", "value"],
  ['"id"', "value"],
])("of %s the keys at the top are found, and no others", (text, expected) => {
  for (const size of [1, 2, 7, 1000]) expect(scan(text, ["id", "name"], size)).toEqual(expected);
});

const parts = ["{", "}", "[", "]", ",", ":", '"id"', '"a\\n"', "1", "-2.5", "true", "nul", " ", "01", '"'];

it("what JSON.parse takes it takes, and what that refuses it refuses, for any order of the parts of JSON", () => {
  let seed = 1;
  const next = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  let taken = 0;
  for (let round = 0; round < 20_000; round += 1) {
    const text = Array.from({ length: 1 + next(7) }, () => parts[next(parts.length)]).join("");
    const isJson = parses(text);
    taken += Number(isJson);
    expect(scan(text, ["id"], 1 + next(4)) !== "invalid", text).toBe(isJson);
  }
  expect(taken).toBeGreaterThan(50);
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
