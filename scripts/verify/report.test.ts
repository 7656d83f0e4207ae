import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { rootDir } from "../checkout.ts";
import { REPORT_FILE } from "./report.ts";
import type { Report } from "./report.ts";

/** What the reporter writes of these files, which Vitest runs in a process of its own. */
async function reportOf(files: Record<string, string>): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), "floom-report-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const report = join(folder, "report.json");
  const reporter = join(rootDir, "scripts/verify/report.ts");
  const vitest = spawn(
    join(rootDir, "node_modules/.bin/vitest"),
    ["run", "--root", folder, "--globals", `--reporter=${reporter}`],
    { stdio: "ignore", env: { ...process.env, [REPORT_FILE]: report } },
  );
  await once(vitest, "close");
  return JSON.parse(readFileSync(report, "utf8")) as Report;
}

test("a failed test is told with its file, its name, its line and what was thrown", async () => {
  const { passed, failures } = await reportOf({
    "sum.test.js":
      'test("adds", () => {});\ndescribe("a sum", () => {\n  test("is right", () => expect(1).toBe(2));\n});',
  });
  expect(passed).toBe(1);
  expect(failures).toEqual([
    expect.stringMatching(
      /sum\.test\.js > a sum > is right\n {2}AssertionError: expected 1 to be 2 .* \(line 3\)$/u,
    ),
  ]);
});

test("a file that cannot be loaded and a hook that fails are told as failures", async () => {
  const { passed, failures } = await reportOf({
    "broken.test.js": 'throw new Error("cannot be loaded");',
    "hook.test.js":
      'afterAll(() => { throw new TypeError("cannot be cleared away"); });\ntest("is well", () => {});',
  });
  expect(passed).toBe(1);
  expect(failures).toHaveLength(2);
  expect(failures.join("\n")).toMatch(/broken\.test\.js\n {2}Error: cannot be loaded \(line 1\)/u);
  expect(failures.join("\n")).toMatch(/hook\.test\.js\n {2}TypeError: cannot be cleared away \(line 1\)/u);
});

test("what is thrown beside the tests is told with the file that ran then", async () => {
  const { passed, failures } = await reportOf({
    "late.test.js":
      'test("leaves something behind", async () => {\n  void Promise.reject(new RangeError("nobody waits for this"));\n  await new Promise((go) => setTimeout(go, 50));\n});',
  });
  expect(passed).toBe(1);
  expect(failures).toEqual([
    expect.stringMatching(
      /^Unhandled Rejection, beside the tests of .*late\.test\.js\n {2}RangeError: nobody waits for this \(line 2\)\n {2}at .*late\.test\.js/u,
    ),
  ]);
});
