import { expect, it } from "vitest";
import { ListCache } from "./list-cache.ts";

it("a list is given out only while nothing that it was made from has moved", () => {
  const cache = new ListCache();
  cache.keep("ada", { mark: "1", text: "[1]" });
  expect(cache.find("ada", "1")).toBe("[1]");
  expect(cache.find("ada", "2")).toBeUndefined();
  expect(cache.find("bob", "1")).toBeUndefined();
  cache.keep("ada", { mark: "2", text: "[2]" });
  expect(cache.find("ada", "1")).toBeUndefined();
  expect(cache.find("ada", "2")).toBe("[2]");
});

it("what was not asked for longest goes first, by number and by size, and one too large is not kept at all", () => {
  const cache = new ListCache();
  for (let at = 0; at < 64; at++) cache.keep(`k${at}`, { mark: "1", text: "[]" });
  cache.find("k0", "1");
  cache.keep("k64", { mark: "1", text: "[]" });
  expect(cache.find("k0", "1")).toBe("[]");
  expect(cache.find("k1", "1")).toBeUndefined();
  const half = "x".repeat(4 * 1024 * 1024 - 100);
  cache.keep("a", { mark: "1", text: half });
  cache.keep("b", { mark: "1", text: half });
  expect(cache.find("k64", "1")).toBe("[]");
  cache.keep("c", { mark: "1", text: half });
  expect([cache.find("a", "1"), cache.find("c", "1")]).toEqual([undefined, half]);
  cache.keep("c", { mark: "1", text: "x".repeat(9 * 1024 * 1024) });
  expect(cache.find("c", "1")).toBeUndefined();
});
