import { expect, it } from "vitest";
import { applyChange, describeTree, diffTrees, judgeTree, narrowChange, toTree } from "./context-tree.ts";

const file = (path: string, sha256: string, size = 1) => ({ path, sha256, size, warned: false });
const tree = toTree([file("a", "1"), file("b/c", "2")]);

it("the same files have the same description, in whatever order they came", () => {
  expect(describeTree(tree)).toBe(describeTree(toTree([file("b/c", "2"), file("a", "1")])));
  expect(describeTree(tree)).not.toBe(describeTree(toTree([file("a", "2"), file("b/c", "1")])));
});

it("a change is narrowed to what is different, and takes a tree to its target", () => {
  expect(narrowChange(tree, { puts: [file("a", "1")], removes: ["none"] })).toEqual({
    puts: [],
    removes: [],
  });
  const target = toTree([file("a", "3"), file("d", "4")]);
  expect(describeTree(applyChange(tree, diffTrees(tree, target)))).toBe(describeTree(target));
});

it("names that some system takes for one, or that need each other as a folder, are refused", () => {
  const codes = (paths: string[]) =>
    judgeTree(
      toTree(paths.map((path) => file(path, "1"))),
      paths.map((path) => file(path, "1")),
    ).map(({ code }) => code);
  expect(codes(["A", "a"])).toEqual(["path_clash"]);
  expect(codes(["b", "b/c"])).toEqual(["path_clash"]);
  expect(codes(["../x"])).toEqual(["bad_path"]);
  expect(codes(["fine", "also/fine"])).toEqual([]);
});

it("a context is held to its sizes", () => {
  const codes = (size: number) => judgeTree(toTree([file("a", "1", size)]), [file("a", "1", size)]);
  expect(codes(26 * 1024 * 1024)).toMatchObject([{ code: "file_too_large" }]);
  expect(codes(51 * 1024 * 1024)).toMatchObject([{ code: "file_too_large" }, { code: "context_too_large" }]);
});
