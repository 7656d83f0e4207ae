import { expect, it } from "vitest";
import { parseJson } from "#contract/json";
import type { Json } from "#contract/json";
import { fitJson, toJson } from "./fit-json.ts";

const nest = (levels: number): Json => {
  let value: Json = "bottom";
  for (let at = 0; at < levels; at += 1) value = at % 2 === 0 ? [value] : { in: value };
  return value;
};
const times = <T>(count: number, make: (at: number) => T) =>
  Array.from({ length: count }, (_, at) => make(at));
const wide = (count: number, value: (at: number) => Json) =>
  Object.fromEntries(times(count, (at) => [`key_${at}`, value(at)]));

const hostile: Record<string, Json> = {
  "a long text": "x".repeat(3_000_000),
  "a text that doubles as JSON": '"\n\u0001'.repeat(200_000),
  "a text of emoji": "🦊".repeat(300_000),
  "a long list of long texts": times(2_000, () => "y".repeat(4_000)),
  "a list of numbers": times(300_000, (at) => at),
  "an object of many keys": wide(100_000, (at) => at),
  "an object of many long values": wide(2_000, () => "z".repeat(4_000)),
  "an object of long keys": Object.fromEntries(times(50, (at) => ["k".repeat(30_000) + String(at), at])),
  "lists of lists of lists": times(60, () => times(60, () => times(60, () => "deep"))),
  "what is nested deep": toJson(nest(5_000)),
  "a key of the prototype": parseJson(`{"__proto__":"${"p".repeat(50_000)}","constructor":{"a":1}}`),
};

it.each(Object.entries(hostile))("%s goes into any bound, and stays JSON", (_, value) => {
  for (const most of [500, 24_000, 262_144]) {
    const text = JSON.stringify(fitJson(value, most));
    expect(text.length).toBeLessThanOrEqual(most);
    expect(() => parseJson(text)).not.toThrow();
    expect(text.isWellFormed()).toBe(true);
  }
});

it("what goes in whole stays as it is", () => {
  const value = { name: "a", list: [1, null, true, "two"], deep: { er: {} } };
  expect(fitJson(value, JSON.stringify(value).length + 10)).toEqual(value);
});

it("what is short stays whole beside what is long, and the long ones are cut alike, each saying how much there was", () => {
  const cut = fitJson({ a: "x".repeat(10_000), id: "run_1", b: "y".repeat(50_000), ok: true }, 4_000);
  expect(cut).toMatchObject({ id: "run_1", ok: true });
  const { a, b } = cut as { a: string; b: string };
  expect(a).toMatch(/^x{1500,}… \(10000 characters\)$/);
  expect(b).toMatch(/^y{1500,}… \(50000 characters\)$/);
  expect(Math.abs(a.length - b.length)).toBeLessThan(5);
});

it("a list keeps its first items and says how many there are, an object its first keys", () => {
  const list = fitJson(
    times(500, (at) => ({ id: at, text: "t".repeat(100) })),
    2_000,
  ) as Json[];
  expect(list[0]).toEqual({ id: 0, text: "t".repeat(100) });
  expect(list.length).toBeGreaterThan(10);
  expect(list.at(-1)).toBe("… (500 in all)");
  expect(
    fitJson(
      wide(5_000, () => "v".repeat(300)),
      1_000,
    ),
  ).toMatchObject({
    key_0: expect.stringContaining("v"),
    "…": "5000 in all",
  });
});

it("no depth runs out of stack", () => {
  expect(JSON.stringify(toJson(nest(200_000)))).toContain("… (deeper)");
  expect(toJson({ left: undefined, at: new Date(0), not: Number.NaN })).toEqual({
    at: "1970-01-01T00:00:00.000Z",
    not: null,
  });
});
