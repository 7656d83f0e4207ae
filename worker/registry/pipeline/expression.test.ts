import { expect, it } from "vitest";
import { evaluate, readExpression } from "./expression.ts";

const values = {
  inputs: { text: "hey", n: 2.5 },
  a: { outputs: { n: 2, list: [1, { k: "v" }], names: ["x", "yy"] } },
};

it.each([
  ["inputs.text", "hey"],
  ["a.outputs.list[1].k", "v"],
  ["a.outputs.n + 1", 3],
  ["1 + a.outputs.n * 2", 5],
  ["a.outputs.n / 4", 0.5],
  ["a.outputs.n > 1 && inputs.text != 'no'", true],
  ["has(a.outputs.zz) ? a.outputs.zz : 'd'", "d"],
  ["{'x': inputs.text, 'n': [1, 'a']}", { x: "hey", n: [1, "a"] }],
  ["a.outputs.names.map(x, size(x))", [1, 2]],
  ["a.outputs.names.filter(x, size(x) > 1)", ["yy"]],
  ["sum(a.outputs.names.map(x, size(x))) + a.outputs.n", 5],
  ["'n: ' + string(size(a.outputs.names))", "n: 2"],
  ["sum([])", 0],
])("reads values: %s", (text, value) => {
  expect(evaluate(text, values)).toEqual({ kind: "value", value });
});

it("tells what is absent from what is wrong", () => {
  expect(evaluate("a.outputs.missing.more", values)).toMatchObject({ kind: "absent" });
  expect(evaluate("a.outputs.list[7]", values)).toMatchObject({ kind: "absent" });
  expect(evaluate("inputs.text * 2", values)).toMatchObject({ kind: "wrong" });
});

it.each<[string, string[]]>([
  ["inputs.text", ["inputs"]],
  ["size(a.outputs.n) + b[0].c > 1 ? d : 'e'", ["a", "b", "d"]],
  ["a.outputs.names.map(x, x + inputs.text + y)", ["a", "inputs", "y"]],
  ["a.names.filter(x, b.names.exists(z, z == x))", ["a", "b"]],
  ["{'k': f.g}", ["f"]],
  ["!a.outputs.ok", ["a"]],
])("knows whom an expression reads: %s", (text, names) => {
  const reading = readExpression(text);
  expect(reading.kind === "read" ? [...reading.names].sort() : reading).toEqual(names);
});

it.each([
  "a.b >",
  "'open",
  "a..b",
  "constructor.constructor('x')()",
  "a".repeat(3) + "(".repeat(300),
  "a".repeat(1001),
])("says what is wrong: %s", (text) => {
  expect(readExpression(text)).toMatchObject({ kind: "wrong" });
});

it.each([
  "inputs.constructor",
  "inputs.__proto__",
  "a.outputs.list.constructor",
  "inputs.text.constructor",
  "'x'.constructor.constructor('return 1')()",
])("finds no way out of its values: %s", (text) => {
  expect(evaluate(text, values).kind).not.toBe("value");
});

const ten = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]";
const nest = (macro: string, inner: string) =>
  Array.from({ length: 8 }).reduce<string>((body, _, at) => `${ten}.${macro}(x${at}, ${body})`, inner);
const chain = (each: string, times: number) =>
  `${"hey"}${each.repeat(times)}`.replace("hey", "[inputs.text]");

it.each([
  ["lists in lists", nest("map", "1")],
  ["questions in questions", nest("all", "true")],
  ["counts in counts", nest("exists_one", "x0 > 20")],
  ["filters in filters", nest("filter", "true")],
  ["maps with a condition", nest("map", "x0 > 0, 1")],
  ["absent things that are asked for", nest("exists", "has(inputs.zz)")],
  ["texts that grow", `${chain(".map(a, a + a + a + a + a + a + a + a + a + a)", 9)}[0]`],
  ["lists that hold one list over and over", `${chain(".map(a, [a, a, a, a, a, a, a, a])", 18)}`],
  ["maps that hold one map over and over", `${chain(".map(a, {'a': a, 'b': a, 'c': a})", 18)}`],
  [
    "bindings of bindings",
    `${"cel.bind(a, ".repeat(1)}[1], ${"cel.bind(b, a + a + a + a, ".repeat(1)}${nest("map", "b")}))`,
  ],
  ["lists that are joined", "list.join(text)"],
  ["a text that is looked for everywhere", "text.contains(needle)"],
  ["a pattern that tries everything", "inputs.text.matches('^(a+)+$')"],
  ["a pattern that is put together", "inputs.text.matches('^(a' + '+)+$')"],
  ["a pattern with many ways", "text.matches('a.*b.*c')"],
  ["large texts that are compared over and over", nest("map", "text == text2")],
])("stops soon: %s", (_, text) => {
  const long = "a".repeat(400_000);
  const wide = {
    text: long,
    text2: `${long.slice(1)}b`,
    needle: `b${"a".repeat(100_000)}`,
    list: long.split(""),
  };
  expect(readExpression(text)).toMatchObject({ kind: "read" });
  expect(evaluate(text, { ...values, ...wide })).toMatchObject({ kind: "wrong" });
});

it("lets through what pipelines do with much", () => {
  const rows = Array.from({ length: 200 }, (_, at) => ({
    id: at,
    text: "word ".repeat(2000),
    tags: ["a", "b"],
  }));
  const much = { count: { outputs: { items: rows } }, inputs: { words: ["word", "no"] } };
  const kind = (text: string) => evaluate(text, much).kind;
  expect(kind("count.outputs.items.filter(row, row.text.contains('word'))")).toBe("value");
  expect(kind("count.outputs.items.map(row, count.outputs.items[row.id].text)")).toBe("value");
  expect(kind("count.outputs.items.map(row, {'id': row.id, 'n': size(row.text)})")).toBe("value");
  expect(kind("count.outputs.items.filter(row, row.tags == ['a', 'b'] && 'a' in row.tags)")).toBe("value");
  expect(kind("count.outputs.items.map(row, row.text).join(', ')")).toBe("value");
  expect(kind("count.outputs.items.exists(row, row.text.matches('^word +word'))")).toBe("value");
});
