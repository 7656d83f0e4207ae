import { expect, it } from "vitest";
import { isTestFile, readSources } from "../../scripts/house/source-tree.ts";
import type { SourceFile } from "../../scripts/house/source-tree.ts";

/** Hard limits in lines. Functions, parameters and nesting are the linter's (`.oxlintrc.json`). */
const limits = { file: 400, test: 500, durableObject: 250 };

const sources = readSources();

it("no file grows past its limit: find the idea inside that wants its own file", () => {
  const tooLong = sources
    .map((file) => ({ path: file.path, lines: countLines(file), limit: limitOf(file.path) }))
    .filter(({ lines, limit }) => lines > limit)
    .map(({ path, lines, limit }) => `${path}: ${lines} lines, at most ${limit}`);
  expect(tooLong, tooLong.join("\n")).toEqual([]);
});

function limitOf(path: string): number {
  if (isTestFile(path)) return limits.test;

  return path.endsWith("-object.ts") ? limits.durableObject : limits.file;
}

function countLines(file: SourceFile): number {
  return file.text.trimEnd().split("\n").length;
}
