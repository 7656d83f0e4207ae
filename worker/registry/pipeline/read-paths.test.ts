import { expect, it } from "vitest";
import { describePath, ITEM, readPaths } from "./read-paths.ts";
import type { Aliases } from "./read-paths.ts";

function told(text: string, aliases: Aliases = {}) {
  const { reads, is } = readPaths(text, aliases);
  return { reads: reads.map(describePath), is: is === null ? null : describePath(is) };
}

it("names what an expression leads to, by names and by places", () => {
  expect(told("a.outputs.order.lines[0]['sku']")).toEqual({ reads: [], is: "a.outputs.order.lines[].sku" });
  expect(told("a.outputs.x + b.outputs['y']")).toEqual({ reads: ["a.outputs.x", "b.outputs.y"], is: null });
  expect(told("has(a.outputs.x) ? a.outputs.x : 'none'").reads).toEqual(["a.outputs.x", "a.outputs.x"]);
});

it("follows macros into the items that they go through", () => {
  expect(told("sum(a.outputs.items.map(one, one.words))").reads).toEqual(["a.outputs.items[].words"]);
  expect(told("a.outputs.items.filter(one, one.ok).map(x, x.name)").reads).toEqual([
    "a.outputs.items[].ok",
    "a.outputs.items[].name",
  ]);
  expect(told("a.outputs.items.filter(one, one.ok)")).toEqual({
    reads: ["a.outputs.items[].ok"],
    is: "a.outputs.items",
  });
});

it("takes a list for read where its items say nothing of it, or it is counted", () => {
  expect(told("a.outputs.items.map(one, 1)").reads).toEqual(["a.outputs.items"]);
  expect(told("size(a.outputs.items) > 2").reads).toEqual(["a.outputs.items"]);
});

it("takes all for read where the place is only known later", () => {
  expect(told("a.outputs[inputs.which].x")).toEqual({ reads: ["inputs.which", "a.outputs"], is: null });
});

it("reads what a name stands for in its place", () => {
  const aliases = { item: ["a", "outputs", "lines", ITEM], other: null };
  expect(told("item.text", aliases)).toEqual({ reads: [], is: "a.outputs.lines[].text" });
  expect(told("other.text", aliases)).toEqual({ reads: [], is: null });
});

it("reads nothing of what is no expression", () => {
  expect(readPaths("a.outputs.")).toEqual({ reads: [], is: null });
});
