import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { rootDir } from "../checkout.ts";

/** One thing that is proved: a command that counts as one test, or a Vitest project that counts as its tests. */
export type Step =
  { name: string; kind: "command"; commands: string[][] } | { name: string; kind: "vitest"; project: string };

const bin = (name: string): string => join(rootDir, "node_modules", ".bin", name);
const script = (path: string): string[] => [process.execPath, join(rootDir, path)];

const command = (name: string, ...commands: string[][]): Step => ({ name, kind: "command", commands });
const project = (name: string): Step => ({ name, kind: "vitest", project: name });

/**
 * The Vitest projects in the order in which they run. What stands beside another runs at the same time, a row one after
 * the other: such suites wait for processes more than they compute.
 */
export const suiteOrder: readonly (readonly string[])[][] = [
  [["architecture"]],
  // What waits more than it computes stands beside what computes for minutes.
  [["unit"], ["attack"]],
  [
    ["workerd", "forgetful"],
    ["conformance", "waiting", "examples"],
  ],
  [["systems"], ["e2e"], ["browser"]],
];

/** Left out where no browser could be had; the set-up has said so. */
const hasBrowser = existsSync("/usr/bin/chromium");

/** Everything that `npm test` proves: cheap walls first, then what needs processes. */
export const steps: Step[] = [
  command("format", [bin("prettier"), "--check", "--log-level", "warn", "."]),
  command("lint", [bin("oxlint")]),
  command(
    "types",
    [bin("wrangler"), "types", "worker/worker-configuration.d.ts", "--include-runtime=false", "--check"],
    ...typeProjects().map((config) => [bin("tsc"), "-p", config]),
  ),
  command("knip", [bin("knip")]),
  command("docs", [...script("scripts/gen.ts"), "--check"]),
  command("build", [...script("scripts/deploy.ts"), "--dry-run"]),
  ...suiteOrder
    .flat(2)
    .filter((name) => name !== "browser" || hasBrowser)
    .map(project),
];

/** Every room is type-checked for its own runtime, and its tests for theirs. */
function typeProjects(): string[] {
  return globSync("*/tsconfig*.json", { cwd: rootDir, exclude: ["node_modules"] }).sort();
}
