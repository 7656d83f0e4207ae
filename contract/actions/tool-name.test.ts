import { expect, it } from "vitest";
import { mayBeCut, toolName } from "./tool-name.ts";

it("a worker's only action is a tool of the worker's name, others of both names", () => {
  expect(toolName("invoice-splitter", "split", true)).toBe("invoice-splitter");
  expect(toolName("invoice-splitter", "split", false)).toBe("invoice-splitter__split");
});

it("a name that is too long for a tool is cut, and stays one that no other action has", () => {
  const worker = "a".repeat(64);
  const names = [
    toolName(worker, "x".repeat(48), false),
    toolName(`${"a".repeat(63)}b`, "x".repeat(48), false),
    toolName(worker, "y", false),
  ];
  for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
  expect(new Set(names).size).toBe(3);
});

it("a name that was cut can be told by its length, and one that says its worker's is seldom as long", () => {
  for (const [worker, action] of [1, 30, 61, 62, 64].flatMap((most) =>
    [1, 30, 55, 64].map((least) => [most, least]),
  )) {
    const [name, verb] = ["w".repeat(worker ?? 0), "a".repeat(action ?? 0)];
    const tool = toolName(name, verb, false);
    expect([name, verb, mayBeCut(tool)]).toEqual([
      name,
      verb,
      tool !== `${name}__${verb}` || tool.length === 64,
    ]);
  }
  expect(mayBeCut(toolName("invoice-splitter", "split", false))).toBe(false);
});
