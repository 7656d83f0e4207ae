import { expect, test } from "vitest";
import { diffOutputs } from "./diff-outputs.ts";

test("only what changed is told, whatever the order of the keys", () => {
  const parts = diffOutputs({ a: 1, b: "x\ny" }, { b: "x\nz", a: 1 });
  expect(parts?.filter(({ change }) => change !== "same")).toEqual([
    { change: "removed", text: '  "b": "x\ny"\n'.split("\n").slice(1).join("\n") },
    { change: "added", text: '  "b": "x\nz"\n'.split("\n").slice(1).join("\n") },
  ]);
  expect(diffOutputs({ a: 1, b: 2 }, { b: 2, a: 1 })?.map(({ change }) => change)).toEqual(["same"]);
});

test("outputs that would hold the page up are not compared", () => {
  expect(diffOutputs({ a: "x".repeat(300_000) }, {})).toBeNull();
});
