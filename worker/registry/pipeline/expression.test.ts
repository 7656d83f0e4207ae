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
