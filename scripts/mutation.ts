// `npm run mutation`: changes the files that decide, one small bug at a time, and counts the bugs that no test
// notices. After each folder it writes docs/explanation/mutation.md, where the figures of the other files stay; exit code
// 1 below the least share for all files together, or while a file has no figure.
// `npm run mutation -- <parts of paths>` looks at some of the files; `--from <part of a path>` goes on with one of them.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import Stryker from "@stryker-mutator/core";
import { format, resolveConfig } from "prettier";
import { inRoot } from "./checkout.ts";
import {
  addScores,
  chooseFiles,
  describeResults,
  readScores,
  replaceScores,
  scoreFile,
} from "./mutation/report.ts";
import type { FileScore } from "./mutation/report.ts";
import { mutatedFiles } from "./mutation/targets.ts";

const LEAST_PERCENT = 95;
/** Each mutant meets this many histories of the simulators. */
const HISTORIES = "100";
const PAGE = inRoot("docs/explanation/mutation.md");

/** Puts bugs into these files, names those that live on, and adds them up. */
async function mutate(files: readonly string[]): Promise<FileScore[]> {
  process.env["FLOOM_MUTATED"] = files.join(",");
  const stryker = new Stryker({
    mutate: [...files],
    testRunner: "vitest",
    plugins: [import.meta.resolve("@stryker-mutator/vitest-runner")],
    vitest: { configFile: "scripts/mutation/vitest.config.ts" },
    // TypeScript 7 has no compiler API that Stryker could rewrite a tsconfig with; nothing here needs it to.
    tsconfigFile: "dist/no-tsconfig.json",
    tempDirName: "dist/stryker",
    ignorePatterns: [
      "/*",
      "!/contract",
      "!/worker",
      "!/test",
      "!/scripts",
      "!/package.json",
      "!/tsconfig.base.json",
    ],
    coverageAnalysis: "perTest",
    concurrency: 2,
    // A machine that does other things as well is slow, and slow is not noticed.
    timeoutMS: 30_000,
    timeoutFactor: 3,
    reporters: ["progress-append-only"],
    allowConsoleColors: false,
  });
  const results = await stryker.runMutationTest();
  for (const { fileName, location, mutatorName, replacement, status } of results) {
    if (status === "Survived" || status === "NoCoverage" || status === "Timeout")
      console.log(`${status} ${fileName}:${location.start.line}: ${mutatorName}: ${replacement}`);
  }
  return files.map((file) => scoreFile(results, file, inRoot(".")));
}

async function writePage(scores: readonly FileScore[]): Promise<void> {
  const page = describeResults(scores, { leastPercent: LEAST_PERCENT, histories: HISTORIES });
  writeFileSync(PAGE, await format(page, { ...(await resolveConfig(PAGE)), parser: "markdown" }));
}

const { values: options, positionals } = parseArgs({
  options: { from: { type: "string", default: "" } },
  allowPositionals: true,
});
process.env["FLOOM_SIM_RUNS"] = HISTORIES;
const chosen = chooseFiles(mutatedFiles, { parts: positionals, from: options.from });
// Those of one folder have most of their tests in common, which are made ready once for all of them.
for (const files of Map.groupBy(chosen, dirname).values()) {
  const began = performance.now();
  const measured = await mutate(files);
  // Read anew each time: other figures may have been measured meanwhile.
  await writePage(replaceScores(readScores(readFileSync(PAGE, "utf8")), measured, mutatedFiles));
  for (const { file, killed, mutants } of measured) console.log(`${file}: ${killed} of ${mutants} killed`);
  console.log(`${dirname(files[0] ?? "")}: ${Math.round((performance.now() - began) / 1000)} s`);
}

const scores = readScores(readFileSync(PAGE, "utf8"));
const { killed, mutants, percent } = addScores(scores);
const unmeasured = mutatedFiles.filter((file) => !scores.some((score) => score.file === file));
for (const file of unmeasured) console.log(`${file}: not measured yet`);
console.log(
  `${killed} of ${mutants} mutants killed, ${percent.toFixed(1)} %; at least ${LEAST_PERCENT} % must be`,
);
process.exitCode = percent >= LEAST_PERCENT && unmeasured.length === 0 ? 0 : 1;
