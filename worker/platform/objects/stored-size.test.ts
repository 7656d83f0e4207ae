import { serialize } from "node:v8";
import fc from "fast-check";
import { expect, it } from "vitest";
import { carriedBytes, storedBytes } from "./stored-size.ts";

it("no value takes more bytes in storage than are counted for it", () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.jsonValue({ stringUnit: "binary" })), (drawn) => {
      const value: unknown = JSON.parse(JSON.stringify(drawn));
      expect(storedBytes(value)).toBeGreaterThanOrEqual(serialize(value).byteLength - 2);
    }),
  );
  for (const value of [
    [0.5, 1, 2],
    [1, 2, "a", 0.5],
    [2 ** 30, -(2 ** 30), 2 ** 31],
    [-0, 1],
    Array(200).fill(5000),
    [63, 64, -64, -65],
    Array(1e4).fill(0.5),
    Array(1e4).fill([]),
    Array(1e4).fill({ a: 1 }),
    Array(1e4).fill("é"),
    "a".repeat(1e5),
    `${"a".repeat(1e5)}🙂`,
  ])
    expect(storedBytes(value)).toBeGreaterThanOrEqual(serialize(value).byteLength - 2);
});

it("the count is near the truth for what runs keep: texts, and records of a few members", () => {
  for (const value of [
    "a".repeat(1e6),
    `${"a".repeat(1e6)}🙂`,
    Array(1e5).fill(7),
    Array.from({ length: 1000 }, (_, seq) => ({ seq, type: "log", message: "x".repeat(500) })),
  ])
    expect(storedBytes(value)).toBeLessThan(1.2 * serialize(value).byteLength);
});

it("a document counts as what takes more room: its clone, or its JSON", () => {
  const controls = "\u0001".repeat(1000);
  expect(carriedBytes({ controls })).toBe(JSON.stringify({ controls }).length);
  const emoji = `${"a".repeat(1000)}🙂`;
  expect(carriedBytes({ emoji })).toBe(storedBytes({ emoji }));
});

it("bytes count as what they are, and a member that is undefined counts too", () => {
  expect(storedBytes(new Uint8Array(1000))).toBeGreaterThanOrEqual(
    serialize(new Uint8Array(1000)).byteLength - 2,
  );
  expect(storedBytes({ a: undefined, b: null })).toBeGreaterThan(storedBytes({}));
});
