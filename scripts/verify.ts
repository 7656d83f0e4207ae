// `npm test` after its set-up: proves everything, or with `--only unit,types` a part of it.
// The last line is `N passed, N failed`; the exit code is 0 only when something ran and nothing failed.
import { parseArgs } from "node:util";
import pLimit from "p-limit";
import "./local/exit-with-parent.ts";
import { runStep } from "./verify/run-step.ts";
import { steps, suiteOrder } from "./verify/steps.ts";
import type { Step } from "./verify/steps.ts";

const COMMANDS_AT_ONCE = 2;

const { values } = parseArgs({ options: { only: { type: "string" } } });
const names = values.only?.split(",");
const unknown = names?.filter((name) => !steps.some((step) => step.name === name)) ?? [];
if (unknown.length > 0) {
  console.error(
    `There is no ${unknown.join(", ")}. What can be chosen: ${steps.map((step) => step.name).join(", ")}.`,
  );
  process.exit(2);
}

let interrupted = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    interrupted = true;
  });
}

let passed = 0;
let failed = 0;
const failures: string[] = [];

async function prove(step: Step): Promise<void> {
  if (interrupted) return;

  console.log(`\n- ${step.name} ...`);
  const startedAt = performance.now();
  const result = await runStep(step);
  passed += result.passed;
  failed += result.failed;
  failures.push(...result.failures);
  if (result.details !== "") console.log(result.details.trimEnd());

  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`- ${step.name}: ${result.passed} passed, ${result.failed} failed (${seconds} s)`);
}

/** Suites one after the other. */
async function proveRow(names: readonly string[]): Promise<void> {
  for (const step of chosen.filter(({ name }) => names.includes(name))) await prove(step);
}

const chosen = steps.filter(({ name }) => names?.includes(name) ?? true);
// Commands touch nothing of each other's and mostly keep one processor busy; suites take all there are.
await pLimit(COMMANDS_AT_ONCE).map(
  chosen.filter(({ kind }) => kind === "command"),
  prove,
);
for (const rows of suiteOrder) await Promise.all(rows.map(proveRow));

if (interrupted) {
  failed += 1;
  console.log("\ninterrupted");
}
if (failures.length > 0) console.log(`\nFailed:\n${failures.join("\n")}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
