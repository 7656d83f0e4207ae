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

/** A whole number as a computation leaves it: kept as a double, though it is small. */
const computed = (whole: number) => (whole + Number("0.5")) * Number("1") - Number("0.5");

it("a whole number that came out of a computation takes no more bytes than are counted for it", () => {
  // V8 keeps it as a double: seven bytes more than one that was written as it is.
  expect(serialize([computed(1)]).byteLength - serialize([1]).byteLength).toBe(7);
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.integer({ min: -(2 ** 29), max: 2 ** 29 })), (drawn) => {
      const record = Object.fromEntries(Object.entries(drawn).map(([name, n]) => [name, computed(n)]));
      expect(storedBytes(record)).toBeGreaterThanOrEqual(serialize(record).byteLength - 2);
      const nested = { first: record, rest: [record, record], at: computed(5) };
      expect(storedBytes(nested)).toBeGreaterThanOrEqual(serialize(nested).byteLength - 2);
    }),
  );
});

it("a whole number in a record takes no more than is counted where others of its shape hold fractions there", () => {
  const records = Array.from({ length: 100 }, (_, seq) => ({ seq: seq % 2 === 0 ? seq : seq + 0.5 }));
  const read = JSON.parse(JSON.stringify(records)) as unknown;
  expect(storedBytes(read)).toBeGreaterThanOrEqual(serialize(read).byteLength - 2);
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
