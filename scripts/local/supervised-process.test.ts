import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findStartTicks, signalled } from "./process-table.ts";
import { SupervisedProcess } from "./supervised-process.ts";

let dir: string;
let said: string[];
let onSay: (line: string) => void;
const running: SupervisedProcess[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "floom-supervised-"));
  said = [];
  onSay = () => undefined;
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((part) => part.stop()));
  rmSync(dir, { recursive: true, force: true });
});

it("is ready when its program says so, and answers what it said", async () => {
  const part = supervise('console.log("part ready http://127.0.0.1:1"); setInterval(() => {}, 1000);');
  expect(await part.start()).toBe("http://127.0.0.1:1");
  expect(findStartTicks(readPid())).toBeDefined();
});

it("comes back by itself after kill -9, and says so", async () => {
  const part = supervise('console.log("part ready http://127.0.0.1:1"); setInterval(() => {}, 1000);');
  await part.start();
  const killed = readPid();
  const back = heard("part is back");
  signalled(killed, "SIGKILL");
  await back;
  expect(said[0]).toBe("part ended (SIGKILL); starting it again");
  expect(readPid()).not.toBe(killed);
  expect(findStartTicks(readPid())).toBeDefined();
});

it("passes on what its program has to say to the person who started it, and says the same thing once", async () => {
  const part = supervise(
    'console.log("part notes: all is well"); console.log("part ready http://127.0.0.1:1"); setInterval(() => {}, 1000);',
  );
  await part.start();
  const back = heard("part is back");
  signalled(readPid(), "SIGKILL");
  await back;
  expect(said.filter((line) => line === "part notes: all is well")).toHaveLength(1);
});

it("takes along what it started when it is killed", async () => {
  const grandchildFile = join(dir, "grandchild");
  const part = supervise(`
    import { spawn } from "node:child_process";
    import { writeFileSync } from "node:fs";
    const child = spawn("sleep", ["600"]);
    writeFileSync(${JSON.stringify(grandchildFile)}, String(child.pid));
    console.log("part ready http://127.0.0.1:1");
  `);
  await part.start();
  const grandchild = Number(readFileSync(grandchildFile, "utf8"));
  const back = heard("part is back");
  signalled(readPid(), "SIGKILL");
  await back;
  expect(findStartTicks(grandchild)).toBeUndefined();
});

it("fails with the program's last words when it ends before it is ready", async () => {
  const part = supervise('console.error("no such disk"); process.exit(4);');
  await expect(part.start()).rejects.toThrow(/part ended before it was ready \(4\):[\s\S]*no such disk/);
});

it("hears out what is still being said when it has ended", async () => {
  const part = supervise(`
    import { spawn } from "node:child_process";
    spawn("sh", ["-c", "sleep 0.1; echo the disk is full >&2"], { stdio: "inherit" });
    process.exit(4);
  `);
  await expect(part.start()).rejects.toThrow(/the disk is full/);
});

it("a log that cannot be written ends nothing, and is told", async () => {
  mkdirSync(join(dir, "part.log"));
  const part = supervise('console.log("part ready http://127.0.0.1:1"); setInterval(() => {}, 1000);');
  await part.start();
  await expect.poll(() => said).toEqual([expect.stringContaining("part.log cannot be written (EISDIR)")]);
  expect(findStartTicks(readPid())).toBeDefined();
});

it("a restart that was asked for runs what the program says now, and is no accident", async () => {
  const part = supervise('console.log("part ready http://127.0.0.1:1"); setInterval(() => {}, 1000);');
  await part.start();
  const before = readPid();
  writeFileSync(join(dir, "part.mjs"), 'console.log("part ready now"); setInterval(() => {}, 1000);');
  await part.restart();
  expect(findStartTicks(before)).toBeUndefined();
  expect(readPid()).not.toBe(before);
  expect(said).toEqual([]);
});

it("is gone after stop, and stays gone", async () => {
  const part = supervise('console.log("part ready http://127.0.0.1:1"); setInterval(() => {}, 1000);');
  await part.start();
  const pid = readPid();
  await part.stop();
  expect(findStartTicks(pid)).toBeUndefined();
  expect(said).toEqual([]);
});

function supervise(program: string): SupervisedProcess {
  writeFileSync(join(dir, "part.mjs"), program);
  const part = new SupervisedProcess({
    name: "part",
    program: join(dir, "part.mjs"),
    buildArgs: () => [],
    env: {},
    notice: /^(part notes: .+)$/,
    ready: /^part ready (\S+)/,
    ownsGroup: true,
    runDir: dir,
    logDir: dir,
    say: (line) => {
      said.push(line);
      onSay(line);
    },
  });
  running.push(part);
  return part;
}

function readPid(): number {
  return Number(readFileSync(join(dir, "part.pid"), "utf8"));
}

async function heard(wanted: string): Promise<void> {
  return new Promise((resolve) => {
    onSay = (line) => (line === wanted ? resolve() : undefined);
  });
}
