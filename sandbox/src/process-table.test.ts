import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  identifyProcess,
  isAlive,
  listChildren,
  parseStatLine,
  signalProcess,
  stopTree,
  continueTree,
} from "./process-table.ts";
import type { ProcessIdentity } from "./process-table.ts";

function identityOf(pid: number | undefined): ProcessIdentity {
  const identity = identifyProcess(pid ?? -1);
  if (identity === undefined) throw new Error("no such process");
  return identity;
}

describe("the process table", () => {
  it("reads a line whose command name holds brackets and spaces", () => {
    const fields = Array.from({ length: 45 }, (_, at) => String(at + 5)).join(" ");
    expect(parseStatLine(`42 (a) b (c)) S 7 ${fields}`)).toEqual({
      state: "S",
      parent: 7,
      threads: 20,
      startTicks: 22,
      rssPages: 24,
    });
    expect(parseStatLine("nonsense")).toBeUndefined();
  });

  it("tells a process from another that got its number later", () => {
    const self = identityOf(process.pid);
    expect(isAlive(self)).toBe(true);
    expect(isAlive({ ...self, start_ticks: self.start_ticks + 1 })).toBe(false);
    expect(signalProcess({ ...self, start_ticks: self.start_ticks + 1 }, "SIGKILL")).toBe(false);
  });

  it("lists what a process has started, and nothing that those have started", async () => {
    const child = spawn("/bin/sh", ["-c", "sleep 30 & echo begun; wait"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      await once(child.stdout, "data");
      expect(listChildren(process.pid)).toContain(child.pid);
      expect(listChildren(child.pid ?? -1)).toHaveLength(1);
      expect(listChildren(process.pid)).not.toContain(listChildren(child.pid ?? -1)[0]);
    } finally {
      for (const pid of [...listChildren(child.pid ?? -1), child.pid ?? -1]) process.kill(pid, "SIGKILL");
    }
  });

  it("stops a whole tree and lets it run again", async () => {
    const child = spawn("/bin/bash", ["-c", "sleep 60 & (sleep 60 & wait) & echo up; wait"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    await once(child.stdout, "data");
    const root = identityOf(child.pid);
    expect(await stopTree(root)).toBe(true);
    expect(await stopTree(root)).toBe(true);
    expect(continueTree(root)).toBe(true);
    process.kill(root.pid, "SIGKILL");
    await once(child, "exit");
    expect(await stopTree(root)).toBe(false);
    expect(continueTree(root)).toBe(false);
  });

  it("takes one for stopped that waits for a child which stands still: a vfork's parent cannot stop before its child", async () => {
    const program = `
import ctypes, os, time
print("up", flush=True)
if ctypes.CDLL(None).vfork() == 0: time.sleep(60)`;
    const child = spawn("/usr/bin/python3", ["-c", program], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    const root = identityOf(child.pid);
    try {
      await expect.poll(() => readFileSync(`/proc/${root.pid}/stat`, "utf8")).toContain(") D ");
      expect(await stopTree(root)).toBe(true);
      const [own = -1] = listChildren(root.pid);
      expect(readFileSync(`/proc/${own}/stat`, "utf8")).toContain(") T ");
    } finally {
      for (const pid of [...listChildren(root.pid), root.pid]) process.kill(pid, "SIGKILL");
    }
  });
});
