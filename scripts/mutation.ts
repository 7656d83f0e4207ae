// `npm run mutation`: changes the files that decide, one small bug at a time, and counts the bugs that no test
// notices. Writes docs/explanation/mutation.md; exit code 1 below the least share for all files together.
// `--only <part of a path>` looks at some of the files and writes nothing.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import Stryker from "@stryker-mutator/core";
import { format, resolveConfig } from "prettier";
import { inRoot } from "./checkout.ts";
import { describeResults, scoreFiles } from "./mutation/report.ts";
import type { FileScore } from "./mutation/report.ts";
import { mutatedFiles } from "./mutation/targets.ts";

const LEAST_PERCENT = 85;
/** Each mutant meets this many histories of the simulators. */
const HISTORIES = "100";
const PAGE = "docs/explanation/mutation.md";

const { values: options } = parseArgs({ options: { only: { type: "string", default: "" } } });
const files = mutatedFiles.filter((file) => file.includes(options.only));

process.env["FLOOM_SIM_RUNS"] = HISTORIES;
const stryker = new Stryker({
  mutate: files,
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
  reporters: ["progress-append-only"],
  allowConsoleColors: false,
});
const results = await stryker.runMutationTest();
for (const { fileName, location, mutatorName, replacement, status } of results) {
  if (status === "Survived" || status === "NoCoverage")
    console.log(`${status} ${fileName}:${location.start.line}: ${mutatorName}: ${replacement}`);
}
const scores = scoreFiles(results, files, inRoot("."));
const total = scores.reduce((sum: number, score: FileScore) => sum + score.mutants, 0);
const killed = scores.reduce((sum: number, score: FileScore) => sum + score.killed, 0);
const percent = (100 * killed) / total;
if (options.only === "") {
  const page = describeResults(scores, { leastPercent: LEAST_PERCENT, histories: HISTORIES });
  writeFileSync(
    inRoot(PAGE),
    await format(page, { ...(await resolveConfig(inRoot(PAGE))), parser: "markdown" }),
  );
}
console.log(
  `${killed} of ${total} mutants killed, ${percent.toFixed(1)} %; at least ${LEAST_PERCENT} % must be`,
);
process.exitCode = percent >= LEAST_PERCENT ? 0 : 1;
