import { resolve } from "node:path";
import { workerRoutes } from "#contract/workers/routes";
import type { ValidationResult } from "#contract/workers/worker";
import { formatCount } from "#contract/words";
import type { Run } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";
import { countErrors, showFindings } from "../../output/show-findings.ts";
import type { validateSpec } from "./specs.ts";
import { readSource } from "../../bundle/worker-source.ts";

/** Has the server check a folder by the rules of a push, and shows every finding. */
export const run: Run<typeof validateSpec> = async (context, { args }) => {
  const source = await readSource(resolve(context.host.cwd, args.dir));
  const api = await context.api();
  const result = await api.call(workerRoutes.validateWorker, { json: source });
  if (context.json) context.output.document(result);
  else showResult(context, result, { dir: args.dir, manifest: source.worker_yml ?? "" });
  return result.valid ? exitCodes.ok.code : exitCodes.usage.code;
};

function showResult(
  context: CommandContext,
  result: ValidationResult,
  folder: { dir: string; manifest: string },
): void {
  const { output } = context;
  const style = output.noteStyle;
  showFindings(context.output, folder, result.findings);
  for (const { file, code, message, fix, line, column } of result.problems) {
    const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
    output.note(`${style.bold(place)} ${style.red("error")} ${style.dim(code)}`);
    output.note(`  ${message}`);
    output.note(`  ${style.green("fix")} ${fix}\n`);
  }
  const warningCount = result.findings.length - countErrors(result.findings);
  const warnings = warningCount === 0 ? "" : `, ${formatCount(warningCount, "warning")}`;
  if (result.valid) {
    output.line(`${output.style.green("valid")} ${result.name ?? folder.dir}${warnings}`);
    return;
  }
  const errorCount = countErrors(result.findings) + result.problems.length;
  output.note(`${style.red(style.bold("invalid"))} ${formatCount(errorCount, "error")}${warnings}`);
}
