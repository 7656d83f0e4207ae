// A reporter of Vitest's: what a project's tests came to, in the form that `npm test` adds up and shows at its end.
import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import type { Reporter, TestModule } from "vitest/node";
import { rootDir } from "../checkout.ts";

/** What one project's tests came to. */
export interface Report {
  passed: number;
  /** Each failure in a line or two, for whoever sees the end of the output alone. */
  failures: string[];
}

/** The file that is written stands in this variable, for Vitest makes its reporters itself. */
export const REPORT_FILE = "FLOOM_VERIFY_REPORT";

/** Characters of a failure's message in the summary. */
const MOST_SHOWN = 1_000;

/** What is thrown, as a test's process hands it on. */
type Thrown = Parameters<NonNullable<Reporter["onTestRunEnd"]>>[1][number];

/** Writes the report when all tests have ended. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly Thrown[]): void {
    const file = process.env[REPORT_FILE];
    if (file === undefined) return;
    writeFileSync(file, JSON.stringify(summarize(modules, unhandled)));
  }
}

function summarize(modules: readonly TestModule[], unhandled: readonly Thrown[]): Report {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  return {
    passed: tests.filter((test) => test.result().state === "passed").length,
    failures: [
      // A file that cannot be loaded, or a hook around its tests that fails.
      ...modules.flatMap((module) =>
        [module, ...module.children.allSuites()].flatMap((suite) => tell(module, "", suite.errors())),
      ),
      ...tests
        .filter((test) => test.result().state === "failed")
        .flatMap((test) => tell(test.module, ` > ${test.fullName}`, test.result().errors ?? [])),
      ...unhandled.map(tellUnhandled),
    ],
  };
}

/** One failure with all that was thrown in it; none where nothing was. */
function tell({ moduleId }: TestModule, test: string, errors: readonly Thrown[]): string[] {
  if (errors.length === 0) return [];
  const told = errors.map((error) => `  ${describe(error, moduleId)}`);
  return [[relative(rootDir, moduleId) + test, ...told].join("\n")];
}

/** What nobody was waiting for, thrown beside the tests or after them: the file is the one that ran then. */
function tellUnhandled(error: Thrown): string {
  const { type, VITEST_TEST_PATH: file } = error;
  const isIn = typeof file === "string";
  const where = isIn ? `beside the tests of ${relative(rootDir, file)}` : "beside the tests";
  const frame = error.stack?.split("\n").find((line) => line.trimStart().startsWith("at "));
  return [
    `${typeof type === "string" ? type : "Unhandled Error"}, ${where}`,
    `  ${describe(error, isIn ? file : undefined)}`,
    ...(frame === undefined ? [] : [`  ${frame.trim()}`]),
  ].join("\n");
}

/** What a failure says, and at which line of its test. */
function describe({ name, message, stack }: Thrown, file: string | undefined): string {
  const said = `${name ?? "Error"}: ${firstLine(message)}`;
  const line = file === undefined ? undefined : stack?.split(`${file}:`)[1]?.match(/^\d+/u)?.[0];
  return line === undefined ? said : `${said} (line ${line})`;
}

function firstLine(text: string): string {
  return text.trimStart().split("\n", 1)[0]?.slice(0, MOST_SHOWN) ?? "";
}
