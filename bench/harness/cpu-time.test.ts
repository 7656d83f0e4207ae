import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { parseCpuTime, readCpuTime, readTreeMs } from "./cpu-time.ts";

it("a process's times are read past a name with spaces and brackets in it", () => {
  const text = "7 (a) b) (c) S 5 7 7 0 -1 4194560 1 1 0 0 3 4 10 20 20 0 1 0 99";
  expect(parseCpuTime(text)).toEqual({ parent: 5, ownMs: 70, endedMs: 300 });
});

it("the time of a tree counts the work of children that have ended", async () => {
  const before = readTreeMs(process.pid);
  const child = spawn(process.execPath, [
    "-e",
    "const end = process.cpuUsage().user + 200_000; while (process.cpuUsage().user < end);",
  ]);
  await once(child, "exit");
  expect(readTreeMs(process.pid) - before).toBeGreaterThanOrEqual(200);
  expect(readCpuTime(process.pid).endedMs).toBeGreaterThanOrEqual(200);
});
