import { expect, it } from "vitest";
import { didYouMean, suggest } from "./suggest.ts";

it.each([
  ["titel", "title"],
  ["time_out_seconds", "timeout_seconds"],
  ["timeoutSeconds", "timeout_seconds"],
  ["runtme", "runtime"],
])("finds what %s stands for", (word, meant) => {
  expect(suggest(word, ["title", "runtime", "timeout_seconds", "tags"])).toBe(meant);
});

it("stays silent when nothing is close", () => {
  expect(suggest("banana", ["title", "runtime"])).toBeUndefined();
  expect(didYouMean("x", [])).toBe("");
});
