import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runDetailSchema } from "#contract/runs/run";
import { startFloom } from "../support/floom-instance.ts";
import type { FloomInstance } from "../support/floom-instance.ts";
import { verifies } from "../verifies.ts";

// The CLI as a person calls it: its own process, started by whatever Node is there, against a whole Floom.

const rootDir = resolve(import.meta.dirname, "..", "..");
const program = join(rootDir, "cli", "bin", "floom.mjs");
const examples = join(rootDir, "workers-examples");

let floom: FloomInstance;
let dir: string;

beforeAll(async () => {
  floom = await startFloom({ seed: false });
  dir = mkdtempSync(join(tmpdir(), "floom-cli-e2e-"));
});
afterAll(async () => {
  await floom.stop();
  rmSync(dir, { recursive: true });
});

function environment(): NodeJS.ProcessEnv {
  const { FLOOM_API_URL: _url, FLOOM_TOKEN: _token, ...others } = process.env;
  return { ...others, FLOOM_HOME: floom.home, NO_COLOR: "1" };
}

function call(...argv: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync("node", [program, ...argv], {
    cwd: dir,
    env: environment(),
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

function start(...argv: string[]): ChildProcess {
  return spawn("node", [program, ...argv], { cwd: dir, env: environment() });
}

async function waitForLine(child: ChildProcess, pattern: RegExp): Promise<void> {
  if (child.stderr === null) throw new Error("Standard error is not piped.");
  for await (const line of createInterface({ input: child.stderr })) if (pattern.test(line)) return;
  throw new Error(`It ended without a line like ${pattern}`);
}

const numberedLines = Array.from({ length: 10 }, (_, index) => `line ${index + 1} of 10`);

it("a folder is pushed and run, and the greeting stands in the outputs", () => {
  verifies("cli:run:json-is-one-document", "cli:config:finds-server-and-token");
  expect(call("workers", "push", join(examples, "hello-worker"))).toMatchObject({ status: 0 });
  const { status, stdout, stderr } = call("run", "hello-worker", "--input", "name=Ada", "--json");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const run = runDetailSchema.parse(JSON.parse(stdout));
  expect(run).toMatchObject({ status: "completed", outputs: { greeting: "Hello, Ada!" } });
  expect(JSON.parse(call("runs", "show", run.id, "--json").stdout)).toMatchObject({ id: run.id });
});

it("every template can be pushed and run as it is", () => {
  verifies("cli:init:next-steps");
  for (const template of ["python", "node", "shell"]) {
    expect(call("init", `my-${template}`, "--template", template).status).toBe(0);
    expect(call("workers", "validate", `my-${template}`)).toMatchObject({
      status: 0,
      stdout: `valid my-${template}\n`,
    });
    expect(call("workers", "push", `my-${template}`)).toMatchObject({
      status: 0,
      stderr: expect.not.stringContaining("warning"),
    });
    const { stdout } = call("run", `my-${template}`, "-i", "name=Ada", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ status: "completed", outputs: { greeting: "Hello, Ada!" } });
  }
});

it("a file goes in and files come out", () => {
  verifies("cli:run:inputs-from-files");
  call("workers", "push", join(examples, "csv-enricher"));
  const table = join(examples, "csv-enricher", "companies.csv");
  const { status } = call("run", "csv-enricher", "-i", `companies=@${table}`, "-o", "results");
  expect(status).toBe(0);
  const { stdout } = call("runs", "list", "-w", "csv-enricher", "--json");
  const [run] = JSON.parse(stdout).runs;
  const { artifacts } = runDetailSchema.parse(JSON.parse(call("runs", "show", run.id, "--json").stdout));
  expect(artifacts.length).toBeGreaterThan(0);
  for (const { relative_path: path, size_bytes: size } of artifacts)
    expect(readFileSync(join(dir, "results", path))).toHaveLength(size);

  expect(call("runs", "download", run.id).status).toBe(0);
  expect(existsSync(join(dir, `${run.id}.zip`))).toBe(true);
});

it("a folder with errors is refused with every line, and leaves nothing behind", () => {
  verifies("cli:push:shows-manifest-errors-with-their-line", "cli:exit:codes");
  const { status, stderr } = call("workers", "push", join(examples, "broken", "bad-manifest"));
  expect(status).toBe(2);
  expect(stderr).toMatch(/worker\.yml:\d+:\d+ error unknown_key\n.*\n +\d+ \| titel/);
  expect(call("workers", "show", "bad-manifest").status).toBe(4);
});

it("a failing run exits 1 and says whose turn it is", () => {
  verifies("cli:exit:codes");
  call("workers", "push", join(examples, "broken", "exit-3"));
  const name = /^name: (\S+)/m.exec(
    readFileSync(join(examples, "broken", "exit-3", "worker.yml"), "utf8"),
  )?.[1];
  expect(call("run", name ?? "")).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("the worker's code"),
  });
});

it("Ctrl-C stops following and leaves the run to be cancelled", async () => {
  verifies("cli:run:interrupt-leaves-the-run");
  call("workers", "push", join(examples, "slow-progress"));
  const child = start("run", "slow-progress");
  await waitForLine(child, /^line 2 of 60$/);
  const ended = once(child, "exit");
  child.kill("SIGINT");
  expect(await ended).toEqual([130, null]);
  const [run] = JSON.parse(call("runs", "list", "-w", "slow-progress", "--json").stdout).runs;
  expect(run.status).toBe("running");
  expect(call("runs", "cancel", run.id).stdout).toBe(`${run.id} cancelled\n`);
});

it("kill -9 of the edge in the middle is not even noticed: every line once and in order", async () => {
  verifies("cli:follow:goes-on-after-the-last-event", "cli:runs:logs-print-the-script-alone");
  call("workers", "push", join(examples, "slow-progress"));
  const started = call("run", "slow-progress", "--input", "seconds=10", "--no-wait");
  const runId = started.stdout.trim();
  const child = start("runs", "logs", "-f", runId);
  if (child.stdout === null) throw new Error("Standard output is not piped.");
  const printed: string[] = [];
  for await (const line of createInterface({ input: child.stdout }))
    if (printed.push(line) === 3) floom.killEdge();

  expect(printed).toEqual(numberedLines);
  expect(call("runs", "logs", runId).stdout.trimEnd().split("\n")).toEqual(numberedLines);
});
