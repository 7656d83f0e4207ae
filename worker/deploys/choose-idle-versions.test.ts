import { describe, expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { chooseIdleVersions } from "./choose-idle-versions.ts";
import type { VersionTimes } from "./choose-idle-versions.ts";

/** Versions 1 to 4, pushed at 100, 200, 300 and 400. */
const pushed: VersionTimes = {
  activeVersion: 4,
  versions: [1, 2, 3, 4].map((number) => ({ number, created_at: number * 100 })),
  activations: [],
  pinned: [],
};

describe("a version is idle", () => {
  it("from the push that took its place", () => {
    verifies("retention:versions:idle-go");
    expect(chooseIdleVersions(pushed, 1000)).toEqual([1, 2, 3]);
    expect(chooseIdleVersions(pushed, 301)).toEqual([1, 2]);
    expect(chooseIdleVersions(pushed, 300)).toEqual([1]);
    expect(chooseIdleVersions(pushed, 100)).toEqual([]);
  });

  it("not while it is active or pinned", () => {
    expect(chooseIdleVersions({ ...pushed, activeVersion: 1, pinned: [3] }, 1000)).toEqual([2]);
  });

  it("from when it was left again, if it was rolled back to meanwhile", () => {
    const activations = [{ to_version: 2, at: 450 }];
    const back = { ...pushed, activeVersion: 5, activations };
    const versions = [...pushed.versions, { number: 5, created_at: 900 }];
    // 2 was active from 450 to 900, and 4 from 400 to 450.
    expect(chooseIdleVersions({ ...back, versions }, 600)).toEqual([1, 3, 4]);
    expect(chooseIdleVersions({ ...back, versions }, 901)).toEqual([1, 2, 3, 4]);
  });

  it("never when nothing came after it, whatever is said to be active", () => {
    expect(chooseIdleVersions({ ...pushed, activeVersion: 0 }, 1e9)).not.toContain(4);
  });
});
