import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { rootDir } from "../checkout.ts";
import type { Step } from "./steps.ts";

/** What a step found; `details` explains the failures and is empty when the step has printed them itself. */
export interface StepResult {
  passed: number;
  failed: number;
  details: string;
}

/** Runs one step to its end. Never throws: what goes wrong is a failed test. */
export async function runStep(step: Step): Promise<StepResult> {
  return step.kind === "command" ? runCommands(step.commands) : runVitest(step.project);
}

async function runCommands(commands: string[][]): Promise<StepResult> {
  const details: string[] = [];
  for (const command of commands) {
    const { code, output } = await run(command, "pipe");
    if (code !== 0) details.push(`$ ${command.join(" ").replaceAll(`${rootDir}/`, "")}\n${output}`);
  }
  return details.length === 0
    ? { passed: 1, failed: 0, details: "" }
    : { passed: 0, failed: 1, details: details.join("\n") };
}

/** Vitest prints progress and failures itself; the numbers are taken from its JSON report. */
async function runVitest(project: string): Promise<StepResult> {
  const folder = mkdtempSync(join(tmpdir(), "floom-verify-"));
  const report = join(folder, "report.json");
  try {
    const vitest = join(rootDir, "node_modules", ".bin", "vitest");
    const { code } = await run(
      [
        vitest,
        "run",
        "--project",
        project,
        "--reporter=default",
        "--reporter=json",
        `--outputFile=${report}`,
      ],
      "inherit",
    );
    const counts = readReport(report);
    const unexplained = code !== 0 && counts.failed === 0;
    return { passed: counts.passed, failed: unexplained ? 1 : counts.failed, details: "" };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Vitest's report in JSON, as far as it is read here. */
const reportSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});

function readReport(file: string): { passed: number; failed: number } {
  try {
    const report = reportSchema.parse(JSON.parse(readFileSync(file, "utf8")));
    // A file that cannot be loaded has no tests that could fail.
    const broken = report.testResults.filter(
      ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
    );
    return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

async function run(command: string[], output: "pipe" | "inherit"): Promise<{ code: number; output: string }> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, { cwd: rootDir, stdio: ["ignore", output, output] });
  const chunks: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => chunks.push(chunk));
  const stopChild = (): void => void child.kill("SIGTERM");
  process.once("SIGTERM", stopChild).once("SIGINT", stopChild);
  const ended: unknown[] = await once(child, "close");
  const [code] = ended;
  process.off("SIGTERM", stopChild).off("SIGINT", stopChild);
  return { code: typeof code === "number" ? code : 1, output: Buffer.concat(chunks).toString() };
}
