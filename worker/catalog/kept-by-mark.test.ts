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

it("what is kept has room for so much: the oldest goes first, and what is larger than all of it is not kept", () => {
  const kept = new KeptByMark<string>({ most: 10, measure: ({ length }) => length });
  kept.keep("a", 1, "aaaa");
  kept.keep("b", 1, "bbbb");
  kept.keep("a", 2, "aaaaaa");
  expect([kept.find("a", 2), kept.find("b", 1)]).toEqual(["aaaaaa", "bbbb"]);
  kept.keep("c", 1, "c");
  expect([kept.find("b", 1), kept.find("a", 2), kept.find("c", 1)]).toEqual([undefined, "aaaaaa", "c"]);
  kept.keep("a", 3, "larger than all");
  expect([kept.find("a", 2), kept.find("a", 3), kept.find("c", 1)]).toEqual([undefined, undefined, "c"]);
});
