import { expect, it } from "vitest";
import { parseJson } from "./json.ts";

const nested = (depth: number, inner = "1") => "[".repeat(depth) + inner + "]".repeat(depth);

it("JSON nested by the thousand is refused as no JSON we read, so no reader of it runs out of stack", () => {
  for (const depth of [201, 10_000, 100_000]) expect(() => parseJson(nested(depth))).toThrow(SyntaxError);
  expect(() => parseJson('{"a":'.repeat(10_000) + "1" + "}".repeat(10_000))).toThrow(SyntaxError);
});

it("brackets in a text are text, and what lies side by side is not deep", () => {
  const text = `\\"${"[{".repeat(1000)}`;
  expect(parseJson(JSON.stringify({ text }))).toEqual({ text });
  const flat = Array.from({ length: 1000 }, () => []);
  expect(parseJson(JSON.stringify(flat))).toEqual(flat);
  expect(() => parseJson(nested(200))).not.toThrow();
});
