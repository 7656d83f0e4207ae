import { expect, it } from "vitest";
import { canonicalJson } from "./canonical-json.ts";

it("the order of members makes no difference, at any depth", () => {
  expect(canonicalJson({ b: [{ y: 1, x: 2 }], a: 1 })).toBe('{"a":1,"b":[{"x":2,"y":1}]}');
  expect(canonicalJson({ 10: 1, 9: 2 })).toBe(canonicalJson({ 9: 2, 10: 1 }));
});

it("text that is half a character is told apart and breaks nothing", () => {
  const [high, low] = ["\ud83d", "\ude00"];
  expect(canonicalJson({ a: high })).not.toBe(canonicalJson({ a: low }));
});
