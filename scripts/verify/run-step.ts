import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { constants, setPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import * as z from "zod";
import { rootDir } from "../checkout.ts";
import { hearOut } from "../local/hear-out.ts";
import { REPORT_FILE } from "./report.ts";
import type { Report } from "./report.ts";
import type { Step } from "./steps.ts";

/** The longest takes ten minutes where two others run beside it: one that takes so long does not end, and would take the others' time. */
const MOST_MS = 30 * 60_000;

/** Of what is said at the end, where nothing else tells why. */
const MOST_LAST_WORDS = 1_000;

/** What a step found; `details` explains the failures and is empty when the step has printed them itself. */
export interface StepResult {
  passed: number;
  failed: number;
  details: string;
  /** Each failure in a line or two, for whoever sees the end of the output alone. */
  failures: string[];
}

/** Runs one step to its end. Never throws: what goes wrong is a failed test. */
export async function runStep(step: Step): Promise<StepResult> {
  return step.kind === "command" ? runCommands(step) : runVitest(step);
}

async function runCommands(step: Extract<Step, { kind: "command" }>): Promise<StepResult> {
  const { name, commands, givesWay } = step;
  const details: string[] = [];
  for (const command of commands) {
    const { code, output, isLate } = await run(command, { output: "pipe", givesWay });
    if (isLate) details.push(LATE);
    if (code !== 0) details.push(`$ ${command.join(" ").replaceAll(`${rootDir}/`, "")}\n${output}`);
  }
  return details.length === 0
    ? { passed: 1, failed: 0, details: "", failures: [] }
    : { passed: 0, failed: 1, details: details.join("\n"), failures: [name] };
}

/** Vitest prints progress and failures itself; the numbers are what its reporter of ours writes. */
async function runVitest({ project, givesWay }: Extract<Step, { kind: "vitest" }>): Promise<StepResult> {
  const folder = mkdtempSync(join(tmpdir(), "floom-verify-"));
  const report = join(folder, "report.json");
  try {
    const vitest = join(rootDir, "node_modules", ".bin", "vitest");
    const { code, output, isLate } = await run(
      [vitest, "run", "--project", project, "--reporter=default", `--reporter=${REPORTER}`],
      { output: "inherit", givesWay, env: { [REPORT_FILE]: report } },
    );
    const { passed, failures } = isLate ? { passed: 0, failures: [LATE] } : readReport(report);
    if (code !== 0 && failures.length === 0)
      failures.push(`vitest ended with ${code} though no test failed; it said last:\n${lastWords(output)}`);
    return {
      passed,
      failed: failures.length,
      details: "",
      failures: failures.map((failure) => `${project}: ${failure}`),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Vitest loads it itself. */
const REPORTER = join(rootDir, "scripts/verify/report.ts");

const reportSchema = z.object({ passed: z.number(), failures: z.array(z.string()) });

function readReport(file: string): Report {
  try {
    return reportSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return { passed: 0, failures: ["vitest wrote no report"] };
  }
}

const LATE = `did not end within ${MOST_MS / 60_000} minutes; what it printed last is what ended last`;

function lastWords(output: string): string {
  return stripVTControlCharacters(output).trimEnd().slice(-MOST_LAST_WORDS);
}

interface RunOptions {
  /** What is inherited is shown at once; the complaints among it are kept as well. */
  output: "pipe" | "inherit";
  givesWay: boolean | undefined;
  env?: NodeJS.ProcessEnv;
}

async function run(
  command: string[],
  { output, givesWay = false, env }: RunOptions,
): Promise<{ code: number; output: string; isLate: boolean }> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    cwd: rootDir,
    stdio: ["ignore", output, "pipe"],
    timeout: MOST_MS,
    env: { ...process.env, ...env },
  });
  if (givesWay && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  const chunks: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    if (output === "inherit") process.stderr.write(chunk);
  });
  const stopChild = (): void => void child.kill("SIGTERM");
  process.once("SIGTERM", stopChild).once("SIGINT", stopChild);
  const startedAt = performance.now();
  // What a test has left behind may hold a pipe for ever; a command leaves nothing.
  const [ended]: unknown[][] = await Promise.all([
    once(child, "exit"),
    output === "pipe" ? once(child, "close") : hearOut(child).then(() => []),
  ]);
  const code = ended?.[0];
  process.off("SIGTERM", stopChild).off("SIGINT", stopChild);
  return {
    code: typeof code === "number" ? code : 1,
    output: Buffer.concat(chunks).toString(),
    isLate: performance.now() - startedAt >= MOST_MS,
  };
}
