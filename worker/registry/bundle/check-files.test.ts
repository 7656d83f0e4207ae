import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import { checkFiles } from "./check-files.ts";

const codesOf = (...paths: string[]) =>
  checkFiles(paths.map((path) => ({ path, size: 1 }))).map(({ code, file }) => `${code} ${file}`);

it("a path of thousands of folders is refused for itself and compared with no other, so it costs no memory", () => {
  const deep = "a/".repeat(30_000) + "b";
  expect(codesOf(deep, deep)).toEqual([`bad_path ${deep}`, `bad_path ${deep}`]);
});

it("a file where another file needs a folder is found at every depth, whatever the order", () => {
  expect(codesOf("a/b/c/d.py", "a/b")).toEqual(["path_clash a/b"]);
  expect(codesOf("A/B", "a/b/c/d.py")).toEqual(["path_clash A/B"]);
});

it("paths as long and as deep as they may be are held against each other", () => {
  const steps = Math.floor(limits.bundle_path_characters.value / 2) - 1;
  const deepest = "a/".repeat(steps) + "b";
  expect(codesOf(deepest, deepest)).toEqual([`path_clash ${deepest}`]);
});
