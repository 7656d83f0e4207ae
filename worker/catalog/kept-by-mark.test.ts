import { expect, it } from "vitest";
import { KeptByMark } from "./kept-by-mark.ts";

it("what was kept is found at its mark alone, and by its own workspace", () => {
  const kept = new KeptByMark<string>();
  kept.keep("a", 1, "first");
  expect(kept.find("a", 1)).toBe("first");
  expect(kept.find("a", 2)).toBeUndefined();
  expect(kept.find("b", 1)).toBeUndefined();
  kept.keep("a", 2, "second");
  expect(kept.find("a", 1)).toBeUndefined();
  expect(kept.find("a", 2)).toBe("second");
});

it("without a mark nothing is kept and nothing found", () => {
  const kept = new KeptByMark<string>();
  kept.keep("a", null, "first");
  expect(kept.find("a", null)).toBeUndefined();
});

it("of many workspaces those that were kept last stay", () => {
  const kept = new KeptByMark<number>();
  for (let at = 0; at < 100; at += 1) kept.keep(`w${at}`, 1, at);
  expect(kept.find("w99", 1)).toBe(99);
  expect(kept.find("w0", 1)).toBeUndefined();
});
