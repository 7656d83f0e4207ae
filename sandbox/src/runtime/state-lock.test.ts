import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { identifyProcess } from "../process-table.ts";
import { openRuntimeDir } from "./runtime-dir.ts";
import { lockState } from "./state-lock.ts";

describe("a state directory", () => {
  let dir: string;
  beforeEach(() => {
    dir = fs.mkdtempSync(path.join(tmpdir(), "state-"));
  });
  afterEach(() => fs.rmSync(dir, { recursive: true }));

  it("belongs to one live server, and to the next once that is dead", async () => {
    const other = spawn("sleep", ["60"]);
    await once(other, "spawn");
    fs.writeFileSync(path.join(dir, "server.lock"), JSON.stringify(identifyProcess(other.pid ?? -1)));
    expect(() => lockState(dir)).toThrow(/another sandbox server/);
    other.kill("SIGKILL");
    await once(other, "exit");
    expect(() => lockState(dir)).not.toThrow();
    expect(() => lockState(dir)).not.toThrow();
  });

  it("keeps its runtime directory, whose name tells nothing, and gets a new one when that is lost", () => {
    const first = openRuntimeDir(dir);
    expect(path.basename(first)).toMatch(/^[0-9a-f]{16}$/);
    expect(fs.statSync(first).mode & 0o777).toBe(0o711);
    expect(openRuntimeDir(dir)).toBe(first);
    fs.rmSync(first, { recursive: true });
    const second = openRuntimeDir(dir);
    expect(second).not.toBe(first);
    fs.rmSync(second, { recursive: true });
  });

  it("has what it left behind removed once it is gone", () => {
    const orphan = openRuntimeDir(dir);
    const other = path.join(dir, "other");
    fs.mkdirSync(other);
    const kept = openRuntimeDir(other);
    expect(fs.existsSync(orphan)).toBe(true);
    fs.rmSync(path.join(dir, "runtime-dir"));
    expect(openRuntimeDir(other)).toBe(kept);
    expect(fs.existsSync(orphan)).toBe(false);
    fs.rmSync(kept, { recursive: true });
  });

  it("does not trust a runtime directory that others may write to", () => {
    const first = openRuntimeDir(dir);
    fs.chmodSync(first, 0o777);
    const second = openRuntimeDir(dir);
    expect(second).not.toBe(first);
    fs.rmSync(first, { recursive: true });
    fs.rmSync(second, { recursive: true });
  });
});
