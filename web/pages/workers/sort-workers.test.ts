import { expect, it } from "vitest";
import { sampleWorker } from "../../../test/support/sample-records.ts";
import { verifies } from "../../../test/verifies.ts";
import { countFolders, countNames, findWorkers, NO_FOLDER, putStarredFirst } from "./sort-workers.ts";

const worker = (id: string, folder: string | null, tags: string[] = []) => ({
  ...sampleWorker(),
  id,
  name: id,
  folder,
  tags,
});
const all = [worker("a", "shop", ["daily"]), worker("b", null), worker("c", "office", ["daily", "shop"])];
const any = { word: "", tag: "", folder: "" };
const names = (filter: Partial<typeof any>) => findWorkers(all, { ...any, ...filter }).map(({ id }) => id);

it("workers are found by folder, by tag, by word, and by being in no folder", () => {
  verifies("registry:folders:made-by-people");
  expect(names({ folder: "shop" })).toEqual(["a"]);
  expect(names({ tag: "shop" })).toEqual(["c"]);
  expect(names({ folder: NO_FOLDER })).toEqual(["b"]);
  expect(names({ tag: "daily", word: "C" })).toEqual(["c"]);
  expect(names({})).toEqual(["a", "b", "c"]);
});

it("folders stand by name, tags by how many workers have them", () => {
  expect(countFolders(all)).toEqual([
    ["office", 1],
    ["shop", 1],
  ]);
  expect(countNames(["x", "y", "y"])).toEqual([
    ["y", 2],
    ["x", 1],
  ]);
});

it("starred workers come first, each group in its order", () => {
  expect(putStarredFirst(all, new Set(["c"])).map(({ id }) => id)).toEqual(["c", "a", "b"]);
});
