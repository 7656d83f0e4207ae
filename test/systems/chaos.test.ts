import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { verifies } from "../verifies.ts";

const rootDir = resolve(import.meta.dirname, "..", "..");

test("forty runs under kill -9 of edge and sandbox server: none lost, none doubled, none stuck", async () => {
  verifies("chaos:system:nothing-lost-doubled-stuck", "chaos:traffic:repeated-until-answered");
  const args = [join(rootDir, "scripts", "chaos.ts"), "--runs", "40", "--seed", "7"];
  const ran = promisify(execFile)(process.execPath, args, { cwd: rootDir });
  const { stdout, code } = await ran.then(
    (output) => ({ ...output, code: 0 }),
    (error: { stdout: string; code: number }) => error,
  );
  const findings = stdout.split("\n").filter((line) => /^(?:lost|doubled|stuck|wrong): /.test(line));
  expect(findings).toEqual([]);
  expect(code, stdout).toBe(0);
  expect(stdout.trimEnd().split("\n").at(-1)).toBe("40 runs, 0 lost, 0 doubled, 0 stuck");
  expect(Number(/(\d+) processes killed/.exec(stdout)?.[1])).toBeGreaterThan(1);
});
