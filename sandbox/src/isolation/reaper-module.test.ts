import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildReaperModule, reaperModuleFor } from "./reaper-module.ts";

const ECHILD = 10;
const [P_ALL, P_PID] = [0, 1];
const [WNOHANG, WEXITED, WNOWAIT] = [1, 4, 0x01000000];

describe("the module that waits for orphans", () => {
  let dir: string;
  let waitid: (idType: number, id: number, options: number) => number;
  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), "reaper-"));
    const file = path.join(dir, "reaper.node");
    writeFileSync(file, reaperModuleFor(process.arch));
    const loaded: { exports: unknown } = { exports: {} };
    process.dlopen(loaded, file);
    waitid = loaded.exports as typeof waitid;
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  it("says when there is no such child, with the kernel's own number", () => {
    expect(waitid(P_PID, process.pid, WEXITED | WNOHANG)).toBe(-ECHILD);
  });

  it("takes nothing away when it only looks, and nothing of a child that lives", async () => {
    const child = spawn("cat");
    const pid = child.pid ?? -1;
    expect(waitid(P_PID, pid, WEXITED | WNOHANG | WNOWAIT)).toBe(0);
    child.kill("SIGKILL");
    const ended = once(child, "exit");
    while (waitid(P_PID, pid, WEXITED | WNOHANG | WNOWAIT) !== pid);
    expect(waitid(P_ALL, 0, WEXITED | WNOHANG | WNOWAIT)).toBeGreaterThan(0);
    expect(await ended).toEqual([null, "SIGKILL"]);
  });

  it.each(["x64", "arm64"] as const)("leaves room for its own code on %s", (arch) => {
    const module = buildReaperModule(arch);
    // The first loaded segment ends, by its own length, before the second begins.
    expect(module.readBigUInt64LE(64 + 32)).toBeLessThan(module.readBigUInt64LE(64 + 56 + 8));
  });

  it("is not made for an architecture there is no code for", () => {
    expect(() => reaperModuleFor("riscv64")).toThrow(/riscv64/);
  });
});
