import { expect, test } from "vitest";
import { gatherEntries } from "#contract/forms/form";
import {
  addEntries,
  errorsByName,
  placesByName,
  removeBelow,
  rowNumbers,
  setFiles,
  setTexts,
} from "./draft.ts";
import type { Draft } from "./draft.ts";

const draft = (...pairs: [string, string][]): Draft => ({ entries: gatherEntries(pairs), files: new Map() });

test("a row that is taken out takes everything in it along, and no other row", () => {
  const before = draft(
    ["/l/1~row", "1"],
    ["/l/1/a", "x"],
    ["/l/1/u~tab", "0"],
    ["/l/10/a", "y"],
    ["/l/10~row", "1"],
  );
  const after = removeBelow(before, ["/l/1"]);
  expect([...after.entries.keys()]).toEqual(["/l/10/a", "/l/10~row"]);
  expect(rowNumbers(after, "/l")).toEqual([10]);
  expect(rowNumbers(before, "/l")).toEqual([1, 10]);
});

test("rows of a list in a row are not rows of the list", () => {
  expect(rowNumbers(draft(["/l/0~row", "1"], ["/l/0/m/4~row", "1"]), "/l")).toEqual([0]);
});

test("a file that is chosen takes the place of the one from an earlier run", () => {
  const chosen = setFiles(draft(["/cv", "up_1"]), "/cv", [new File(["x"], "cv.pdf")]);
  expect(chosen.entries.has("/cv")).toBe(false);
  expect(chosen.files.get("/cv")?.map(({ name }) => name)).toEqual(["cv.pdf"]);
});

test("what is typed replaces what was there", () => {
  const typed = setTexts(draft(["/a", "1"]), "/a", ["2"]);
  expect(addEntries(typed, gatherEntries([["/b", "3"]])).entries).toEqual(
    gatherEntries([
      ["/a", "2"],
      ["/b", "3"],
    ]),
  );
});

test("several errors of one field are read together", () => {
  const errors = [
    { name: "/a", detail: "Too long." },
    { name: "/a", detail: "No number." },
  ];
  expect(errorsByName(errors).get("/a")).toBe("Too long. No number.");
});

test("of several places within one value the first is shown", () => {
  const errors = ["/b", "/c"].map((within) => ({ name: "/a", detail: "Wrong.", within }));
  expect(placesByName([{ name: "/x", detail: "Wrong." }, ...errors])).toEqual(new Map([["/a", "/b"]]));
});
