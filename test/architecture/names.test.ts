import { basename } from "node:path";
import { expect, it } from "vitest";
import { isTestFile, readSources } from "../../scripts/house/source-tree.ts";

const sources = readSources().filter((file) => !isTestFile(file.path));

it("files are named for the thing or the verb they hold, not for being useful", () => {
  const vague =
    /^(?:utils?|helpers?|common|misc|manager|lib|shared|types|index)\.tsx?$|-(?:utils?|helpers?|manager)\.tsx?$/;
  const found = sources
    .map((file) => file.path)
    .filter((path) => vague.test(basename(path)))
    .filter((path) => path !== "worker/index.ts");
  expect(found, found.join("\n")).toEqual([]);
});

it("no type is called Worker: the word is the product's noun and the runtime's", () => {
  const declares = /\b(?:interface|type|class)\s+Worker\b/;
  const found = sources.filter((file) => declares.test(file.text)).map((file) => file.path);
  expect(found, found.join("\n")).toEqual([]);
});

it("what contract and edge export is called by the trade's word: run, worker, trigger", () => {
  const synonym =
    /\bexport\s+(?:async\s+)?(?:function|const|class|interface|type)\s+(\w*?(?:[jJ]ob|[tT]ask|[eE]xecution|[iI]nvocation)(?:s|[A-Z]\w*)?)\b/g;
  const found = sources
    .filter((file) => /^(?:contract|worker)\//.test(file.path))
    .flatMap((file) => [...file.text.matchAll(synonym)].map((match) => `${file.path}: ${match[1]}`));
  expect(found, found.join("\n")).toEqual([]);
});
