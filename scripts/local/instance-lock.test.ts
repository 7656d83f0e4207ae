import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { lockInstance } from "./instance-lock.ts";
import { writePidFile } from "./pid-file.ts";
import { findStartTicks, killGroup, listGroup, signalled } from "./process-table.ts";

let runDir: string;

beforeEach(() => {
  runDir = mkdtempSync(join(tmpdir(), "floom-lock-"));
});

afterEach(() => {
  rmSync(runDir, { recursive: true, force: true });
});

it("a second instance on the same home is refused and told who is there", async () => {
  const unlock = await lockInstance(runDir, "/somewhere");
  await expect(lockInstance(runDir, "/somewhere")).rejects.toThrow(
    `Floom is running already on /somewhere (process ${process.pid})`,
  );
  unlock();
  const again = await lockInstance(runDir, "/somewhere");
  again();
});

it("a lock left by a dead process is taken over, also when its number was given away since", async () => {
  writeFileSync(join(runDir, "floom.lock"), `${process.pid} 12345\n`);
  const unlock = await lockInstance(runDir, "/somewhere");
  unlock();
  expect(existsSync(join(runDir, "floom.lock"))).toBe(false);
});

it("a runtime that outlived its killed edge is ended before the new one wants its port", async () => {
  const edge = spawn("sh", ["-c", "sleep 600 & echo started; wait"], { detached: true });
  await once(edge.stdout, "data");
  const edgePid = edge.pid ?? 0;
  writePidFile(runDir, "edge", edgePid);
  const ended = once(edge, "exit");
  signalled(edgePid, "SIGKILL");
  await ended;
  expect(listGroup(edgePid)).toHaveLength(1);

  const unlock = await lockInstance(runDir, "/somewhere");

  await expect.poll(() => listGroup(edgePid)).toEqual([]);
  unlock();
});

it("a process that merely has the old edge's number is left alone", async () => {
  const stranger = spawn("sleep", ["600"], { detached: true });
  const pid = stranger.pid ?? 0;
  writeFileSync(join(runDir, "edge.start"), `${pid} 12345\n`);
  const unlock = await lockInstance(runDir, "/somewhere");
  expect(findStartTicks(pid)).toBeDefined();
  unlock();
  killGroup(pid);
});
