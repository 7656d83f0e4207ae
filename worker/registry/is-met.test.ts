import { expect, it } from "vitest";
import { isMet } from "./is-met.ts";
import { matchesGlob } from "./match-glob.ts";

const inputs = { mode: "full", order: { kind: "b", size: 0 }, none: null };

it.each([
  [{ input: "mode", equals: "full" }, true],
  [{ input: "mode", eq: "quick" }, false],
  [{ input: "order.kind", in: ["a", "b"] }, true],
  [{ input: "order.kind", not_in: ["a", "b"] }, false],
  [{ input: "absent", not_in: ["a"] }, true],
  [{ input: "absent", equals: "x" }, false],
  [{ input: "absent", neq: "x" }, true],
  [{ input: "none", exists: true }, false],
  [{ input: "none", exists: false }, true],
  [{ input: "order.size", truthy: true }, false],
  [{ input: "order.size", truthy: false }, true],
  [{ input: "constructor.name", exists: true }, false],
  [{ input: "mode", resembles: "full" }, false],
])("%j is %s", (predicate, met) => {
  expect(isMet(predicate, inputs)).toBe(met);
});

it.each([
  ["guides", "guides/a.md", true],
  ["guides/", "guides/deep/a.md", true],
  ["guides", "guidesx/a.md", false],
  ["*.md", "a.md", true],
  ["*.md", "deep/a.md", false],
  ["**/*.md", "a.md", true],
  ["**/*.md", "very/deep/a.md", true],
  ["a?c.txt", "abc.txt", true],
  ["a.c", "abc", false],
])("the pattern %s fits %s: %s", (pattern, path, fits) => {
  expect(matchesGlob(pattern, path)).toBe(fits);
});

it("a pattern of many stars is decided at once", () => {
  expect(matchesGlob(`${"*a".repeat(200)}b`, "a".repeat(500))).toBe(false);
});
