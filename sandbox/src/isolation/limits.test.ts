import { describe, expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import {
  candidateParents,
  cgroupSettings,
  memoryGroupSettings,
  parseOwnCgroup,
  parseOwnMemoryGroup,
} from "./cgroup.ts";
import { readLargestSize, readLimits, sizedLimits, whyTooLarge } from "./limits.ts";

const MIB = 1024 * 1024;
const largestMachine = { memoryBytes: 64 * 1024 * MIB, cpuCount: 64 };

describe("readLimits", () => {
  it("gives 512 MiB of memory and two processors by default", () => {
    expect(readLimits({}, 8)).toMatchObject({ memory_bytes: 512 * MIB, cpu_count: 2 });
    expect(readLimits({}, 1).cpu_count).toBe(1);
  });

  it("takes the memory from FLOOM_SANDBOX_MEMORY_MB", () => {
    expect(readLimits({ FLOOM_SANDBOX_MEMORY_MB: "1024" }, 2).memory_bytes).toBe(1024 * MIB);
  });

  it.each(["", "0", "64", "1.5", "lots", "99999"])("refuses %j as memory", (value) => {
    expect(() => readLimits({ FLOOM_SANDBOX_MEMORY_MB: value }, 2)).toThrow(/FLOOM_SANDBOX_MEMORY_MB/);
  });
});

describe("sizes", () => {
  verifies("templates:size:kept");
  const largest = readLargestSize({}, { memoryBytes: 4096 * MIB, cpuCount: 4 });

  it("are at most half of the machine's memory and all of its processors, or what its owner says", () => {
    expect(largest).toEqual({ memory_mb: 2048, cpu_count: 4 });
    const env = { FLOOM_SANDBOX_MAX_MEMORY_MB: "3000" };
    expect(readLargestSize(env, { memoryBytes: 4096 * MIB, cpuCount: 4 }).memory_mb).toBe(3000);
    expect(() => readLargestSize({ FLOOM_SANDBOX_MAX_MEMORY_MB: "much" }, largestMachine)).toThrow(
      /MAX_MEMORY/,
    );
  });

  it.each([
    [{ memory_mb: 2048, cpu_count: 4 }, null],
    [{ memory_mb: 2049 }, /at most 2048 MiB.*2049/],
    [{ cpu_count: 5 }, /4 processors, not 5/],
    [{}, null],
  ])("of %j are refused with the reason, or not at all", (size, why) => {
    const said = whyTooLarge(size, largest);
    if (why === null) expect(said).toBeNull();
    else expect(said).toMatch(why);
  });

  it("take the place of what all sandboxes have, and of nothing else", () => {
    const limits = readLimits({}, 8);
    expect(sizedLimits(limits, undefined)).toEqual(limits);
    expect(sizedLimits(limits, { memory_mb: 256 })).toEqual({ ...limits, memory_bytes: 256 * MIB });
    expect(sizedLimits(limits, { cpu_count: 4 })).toEqual({ ...limits, cpu_count: 4 });
  });
});

describe("cgroup limits", () => {
  it("leave room for the file systems, which are memory, and allow no swap", () => {
    const settings = cgroupSettings(readLimits({}, 2));
    expect(settings["memory.swap.max"]).toBe("0");
    expect(settings["cpu.max"]).toBe("200000 100000");
    expect(Number(settings["memory.max"])).toBeGreaterThan((512 + 1024 + 256) * MIB);
  });

  it("are the same in version 1, which counts swap and memory together", () => {
    const settings = memoryGroupSettings(readLimits({}, 2));
    expect(settings["memory.limit_in_bytes"]).toBe(cgroupSettings(readLimits({}, 2))["memory.max"]);
    expect(settings["memory.memsw.limit_in_bytes"]).toBe(settings["memory.limit_in_bytes"]);
  });

  it.each([
    ["4:memory:/box/1\n0::/\n", "/box/1"],
    ["4:cpuset,memory:/\n", "/"],
    ["4:memoryless:/a\n0::/b\n", undefined],
  ])("in version 1 are those of %j", (text, group) => {
    expect(parseOwnMemoryGroup(text)).toBe(group);
  });

  const systemd = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/run-r1.scope\n";
  it.each<[string, Parameters<typeof candidateParents>[0], string[]]>([
    [
      "in a scope that systemd handed to its user, then next to it",
      { ownCgroups: systemd, isRoot: false, named: undefined },
      [
        "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice/run-r1.scope",
        "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice",
      ],
    ],
    [
      "in version 1 for a root that is in nobody's group",
      { ownCgroups: "4:memory:/\n", isRoot: true, named: undefined },
      ["/sys/fs/cgroup/memory"],
    ],
    [
      "not in the group that a container made for its root",
      { ownCgroups: "4:memory:/docker/1\n", isRoot: true, named: undefined },
      [],
    ],
    [
      "not in version 1 for an ordinary user",
      { ownCgroups: "4:memory:/\n", isRoot: false, named: undefined },
      [],
    ],
    [
      "only where the owner of the machine says, when that is said",
      { ownCgroups: systemd, isRoot: false, named: "/sys/fs/cgroup/mine" },
      ["/sys/fs/cgroup/mine"],
    ],
  ])("are looked for %s", (_name, view, parents) => {
    expect(candidateParents(view)).toEqual(parents);
  });

  it("belong to version 2 only", () => {
    expect(parseOwnCgroup("9:name=systemd:/\n0::/user.slice/session-1.scope\n")).toBe(
      "/user.slice/session-1.scope",
    );
    expect(parseOwnCgroup("9:name=systemd:/\n")).toBeUndefined();
  });
});
