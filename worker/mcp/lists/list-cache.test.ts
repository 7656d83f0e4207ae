import { expect, it } from "vitest";
import { ListCache } from "./list-cache.ts";

const written = (text: string) => ({ text, bytes: new TextEncoder().encode(text) });

it("a list is given out only while nothing that it was made from has moved", () => {
  const cache = new ListCache();
  cache.keep("ada", 1, written("[1]"));
  expect(cache.find("ada", 1)?.text).toBe("[1]");
  expect(cache.find("ada", 2)).toBeUndefined();
  expect(cache.find("bob", 1)).toBeUndefined();
  cache.keep("ada", 2, written("[2]"));
  expect(cache.find("ada", 1)).toBeUndefined();
  expect(cache.find("ada", 2)?.text).toBe("[2]");
});

it("what was not asked for longest goes first, by number and by size, and one too large is not kept at all", () => {
  const cache = new ListCache();
  for (let at = 0; at < 64; at++) cache.keep(`k${at}`, 1, written("[]"));
  cache.find("k0", 1);
  cache.keep("k64", 1, written("[]"));
  expect(cache.find("k0", 1)?.text).toBe("[]");
  expect(cache.find("k1", 1)).toBeUndefined();
  const half = "x".repeat(4 * 1024 * 1024 - 100);
  cache.keep("a", 1, written(half));
  cache.keep("b", 1, written(half));
  expect(cache.find("k64", 1)?.text).toBe("[]");
  cache.keep("c", 1, written(half));
  expect([cache.find("a", 1), cache.find("c", 1)?.text]).toEqual([undefined, half]);
  cache.keep("c", 1, written("x".repeat(9 * 1024 * 1024)));
  expect(cache.find("c", 1)).toBeUndefined();
});
