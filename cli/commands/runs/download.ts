import { access } from "node:fs/promises";
import { resolve } from "node:path";
import { runRoutes } from "#contract/runs/routes";
import { CliError, usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";
import { saveArtifacts } from "../../bundle/save-artifacts.ts";
import { writeWhole } from "../../bundle/save-files.ts";
import type { SaveOptions } from "../../bundle/save-files.ts";
import type { downloadSpec } from "./specs.ts";

/** Saves a run as a zip, or its files alone in a folder. */
export const run: Run<typeof downloadSpec> = async (context, { args, options }) => {
  if (options.output !== undefined && options.outputDir !== undefined)
    throw usageError("--output and --output-dir cannot be used together.");

  if (options.output === "-") {
    if (context.json) throw usageError("--output - and --json both want standard output.");
    if (context.host.stdout.isTerminal)
      throw usageError("A zip is nothing for a terminal.", "Name a file instead of -.");
    return printZip(context, args.run);
  }
  const files =
    options.outputDir === undefined
      ? [
          await saveZip(context, args.run, {
            file: options.output ?? `${args.run}.zip`,
            force: options.force,
          }),
        ]
      : await saveFolder(context, { runId: args.run, dir: options.outputDir }, options);
  if (context.json) context.output.document({ run_id: args.run, files });
  else for (const file of files) context.output.line(file);
  return exitCodes.ok.code;
};

async function saveFolder(
  context: CommandContext,
  { runId, dir }: { runId: string; dir: string },
  options: SaveOptions,
): Promise<string[]> {
  const api = await context.api();
  const artifacts = await api.call(runRoutes.listRunArtifacts, { params: { run: runId } });
  if (artifacts.length === 0) context.output.note("The run left no files.");
  return saveArtifacts(api, { runId, artifacts, into: { cwd: context.host.cwd, dir } }, options);
}

async function saveZip(
  context: CommandContext,
  runId: string,
  { file, force }: { file: string; force: boolean },
): Promise<string> {
  const place = resolve(context.host.cwd, file);
  const isThere = await access(place).then(
    () => true,
    () => false,
  );
  if (isThere && !force) {
    throw new CliError(`${file} is there already.`, {
      exit: "conflict",
      code: "file_exists",
      hint: "Name another file with --output, or replace it with --force.",
    });
  }
  const api = await context.api();
  const { body } = await api.open(runRoutes.downloadRun, { params: { run: runId } });
  await writeWhole(place, body ?? []);
  return place;
}

async function printZip(context: CommandContext, runId: string): Promise<number> {
  const api = await context.api();
  const { body } = await api.open(runRoutes.downloadRun, { params: { run: runId } });
  if (body !== null) for await (const chunk of body) await context.output.bytes(chunk);
  return exitCodes.ok.code;
}
