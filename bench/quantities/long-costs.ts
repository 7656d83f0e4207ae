import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import type { Measurement } from "../harness/measurement.ts";

const ROOT_DIR = join(import.meta.dirname, "..", "..");
const VITEST = join(ROOT_DIR, "node_modules", "vitest", "vitest.mjs");
/** They move the date on in the objects themselves, which nothing can do from outside. */
const TEST_FILES = [
  "worker/objects/long-budgets.workerd.test.ts",
  "worker/objects/waiting-budget.workerd.test.ts",
];

const measuredSchema = z.object({ name: z.string(), value: z.number() });
const outputSchema = z.object({
  testResults: z.array(
    z.object({
      assertionResults: z.array(z.object({ meta: z.object({ measured: measuredSchema.optional() }) })),
    }),
  ),
});

const facts: Record<string, Pick<Measurement, "title" | "unit">> = {
  silent_hour_rows: { title: "rows of a run that says nothing for an hour", unit: "rows" },
  waiting_rows: { title: "rows that ten minutes of waiting for room add to a run", unit: "rows" },
  owed_kill_alarms: { title: "alarms a day of a run that is owed a kill", unit: "alarms" },
};

/** What a run costs by the hour and by the day, counted by the tests that hold it to its budgets. */
export async function measureLongCosts(): Promise<Measurement[]> {
  const { testResults } = outputSchema.parse(JSON.parse(await runTest()));
  const measured = testResults.flatMap(({ assertionResults }) =>
    assertionResults.flatMap(({ meta }) => meta.measured ?? []),
  );
  return Object.entries(facts).map(([id, { title, unit }]) => {
    const found = measured.find(({ name }) => name === id);
    if (found === undefined) throw new Error(`Neither of ${TEST_FILES.join(", ")} has counted ${id}.`);
    return { id, title, unit, samples: [found.value], floor: null };
  });
}

/** The test's report. A test that failed has counted too: its budget is judged here as everywhere. */
async function runTest(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), "floom-bench-"));
  const report = join(dir, "report.json");
  const args = [VITEST, "run", "--project", "workerd", "--reporter", "json", `--outputFile=${report}`];
  try {
    const test = spawn(process.execPath, [...args, ...TEST_FILES], { cwd: ROOT_DIR, stdio: "ignore" });
    await once(test, "exit");
    return readFileSync(report, "utf8");
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
