import { describe, expect, it } from "vitest";
import { chooseUidRange, UidAllocator } from "./uid-range.ts";

describe("chooseUidRange", () => {
  it.each([
    ["the whole host", "         0          0 4294967295\n", 700_000],
    ["a container with 65,536 uids", "0 100000 65536\n", 40_000],
    ["several ranges", "0 1000 1\n1 100000 65535\n", 40_000],
  ])("finds uids in %s", (_name, uidMap, first) => {
    expect(chooseUidRange(uidMap)?.first).toBe(first);
  });

  it("finds none where only one uid exists", () => {
    expect(chooseUidRange("0 1000 1\n")).toBeNull();
  });
});

describe("UidAllocator", () => {
  it("gives no uid twice while it is used, and goes round", () => {
    const uids = new UidAllocator({ first: 10, count: 3 }, 1);
    expect([uids.take(new Set()), uids.take(new Set()), uids.take(new Set())]).toEqual([11, 12, 10]);
    expect(uids.take(new Set([11, 12]))).toBe(10);
  });

  it("says so when every uid is in use", () => {
    expect(() => new UidAllocator({ first: 10, count: 1 }, 0).take(new Set([10]))).toThrow(/in use/);
  });
});
