import { expect, it } from "vitest";
import { toolName } from "./tool-name.ts";

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
