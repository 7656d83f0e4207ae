// `npm test` after its set-up: proves everything, or with `--only unit,types` a part of it.
// The last line is `N passed, N failed`; the exit code is 0 only when something ran and nothing failed.
import { parseArgs } from "node:util";
import pLimit from "p-limit";
import "./local/exit-with-parent.ts";
import { runStep } from "./verify/run-step.ts";
import { stages } from "./verify/steps.ts";
import type { Step } from "./verify/steps.ts";

/** Of three, one or two wait: fewer leave a processor idle, more keep each other from ending. */
const AT_ONCE = 3;

const { values } = parseArgs({ options: { only: { type: "string" } } });
const names = values.only?.split(",");
const steps = stages.flat();
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

for (const stage of stages) {
  await pLimit(AT_ONCE).map(
    stage.filter(({ name }) => names?.includes(name) ?? true),
    prove,
  );
}

if (interrupted) {
  failed += 1;
  console.log("\ninterrupted");
}
if (failures.length > 0) console.log(`\nFailed:\n${failures.join("\n")}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
