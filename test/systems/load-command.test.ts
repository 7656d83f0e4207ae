import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { verifies } from "../verifies.ts";

const rootDir = resolve(import.meta.dirname, "..", "..");

/** Runs the command that `npm run load` stands for. */
async function load(...args: string[]): Promise<{ stdout: string; stderr: string; code: number }> {
  const ran = promisify(execFile)(process.execPath, [join(rootDir, "bench", "load.ts"), ...args], {
    cwd: rootDir,
  });
  return ran.then(
    (output) => ({ ...output, code: 0 }),
    (error: { stdout: string; stderr: string; code: number }) => error,
  );
}

test("a small load of every kind over two workers is accepted, ends, and loses nothing", async () => {
  verifies("e2e:load:command");
  const { stdout, stderr, code } = await load("--rate", "10", "--seconds", "2", "--workers", "2");
  expect(code, stdout + stderr).toBe(0);
  const lines = stdout.trimEnd().split("\n");
  expect(lines.at(-1)).toBe("20 accepted, 20 finished, 0 lost");
  expect(lines).toContain("accepted    20 (10 starts, 8 webhooks, 2 by schedule)");
  expect(stdout).toContain("finished    20, of them 0 not well");
});

test("a call that cannot be meant is refused before anything is started, and --help shows how it is meant", async () => {
  verifies("e2e:load:command");
  const wrong = await load("--rate", "0");
  expect([wrong.code, wrong.stderr.trim()]).toEqual([2, "--rate must be a number above 0."]);
  const help = await load("--help");
  expect(help.code).toBe(0);
  expect(help.stdout).toContain("npm run load -- --rate 20 --seconds 30");
});
