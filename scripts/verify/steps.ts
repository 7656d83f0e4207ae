import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { rootDir } from "../checkout.ts";

/** One thing that is proved: a command that counts as one test, or a Vitest project that counts as its tests. */
export type Step = { name: string; givesWay?: boolean } & (
  { kind: "command"; commands: string[][] } | { kind: "vitest"; project: string }
);

const bin = (name: string): string => join(rootDir, "node_modules", ".bin", name);
const script = (path: string): string[] => [process.execPath, join(rootDir, path)];

const command = (name: string, ...commands: string[][]): Step => ({ name, kind: "command", commands });
const project = (name: string): Step => ({ name, kind: "vitest", project: name });
/** What computes for minutes leaves the processors to what waits for processes, whose every step is late otherwise. */
const givingWay = (step: Step): Step => ({ ...step, givesWay: true });

/** Left out where no browser could be had; the set-up has said so. */
const hasBrowser = existsSync("/usr/bin/chromium");

/**
 * Everything that `npm test` proves, stage by stage. First what is quickly told, and the build, of which there must be one
 * alone; then the rest side by side, the longest first: while one waits another one computes.
 */
export const stages: readonly Step[][] = [
  [
    command("build", [...script("scripts/deploy.ts"), "--dry-run"]),
    command("lint", [bin("oxlint")]),
    command("docs", [...script("scripts/gen.ts"), "--check"]),
    command("knip", [bin("knip")]),
  ],
  [
    project("systems"),
    givingWay(
      command(
        "types",
        [bin("wrangler"), "types", "worker/worker-configuration.d.ts", "--include-runtime=false", "--check"],
        // Several checkers would each work out again what the others have, for twice the time of the processors.
        ...typeProjects().map((config) => [bin("tsc"), "-p", config, "--singleThreaded"]),
      ),
    ),
    ...(hasBrowser ? [project("browser")] : []),
    givingWay(project("workerd")),
    project("e2e"),
    givingWay(project("unit")),
    project("waiting"),
    project("attack"),
    givingWay(project("forgetful")),
    givingWay(command("format", [bin("prettier"), "--check", "--log-level", "warn", "."])),
    project("examples"),
    project("conformance"),
    givingWay(project("architecture")),
  ],
];

/** Every room is type-checked for its own runtime, and its tests for theirs. */
function typeProjects(): string[] {
  return globSync("*/tsconfig*.json", { cwd: rootDir, exclude: ["node_modules"] }).sort();
}
