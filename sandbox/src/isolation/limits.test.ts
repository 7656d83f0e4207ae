import { describe, expect, it } from "vitest";
import { cgroupSettings, parseOwnCgroup } from "./cgroup.ts";
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

  it("belong to version 2 only", () => {
    expect(parseOwnCgroup("9:name=systemd:/\n0::/user.slice/session-1.scope\n")).toBe(
      "/user.slice/session-1.scope",
    );
    expect(parseOwnCgroup("9:name=systemd:/\n")).toBeUndefined();
  });
});
