import { describe, expect, it } from "vitest";
import {
  candidateParents,
  cgroupSettings,
  memoryGroupSettings,
  parseOwnCgroup,
  parseOwnMemoryGroup,
} from "./cgroup.ts";
import { readLimits } from "./limits.ts";

const MIB = 1024 * 1024;

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
