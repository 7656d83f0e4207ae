import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { workerRoutes } from "#contract/workers/routes";
import { formatCount } from "#contract/words";
import type { Api } from "../../api.ts";
import { packFolder } from "../../bundle/bundle.ts";
import { CliError, usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";
import { convertGateway } from "../../gateway/convert-gateway.ts";
import type { Conversion } from "../../gateway/convert-gateway.ts";
import { workerNameOf } from "../../gateway/names.ts";
import type { ImportEntry } from "../../gateway/report.ts";
import { openYaml } from "../../gateway/yaml-source.ts";
import { openGatewayFiles } from "./gateway-files.ts";
import type { importGatewaySpec } from "./specs.ts";

/** Converts a gateway's YAML, writes what came of it, and says what did not. */
export const run: Run<typeof importGatewaySpec> = async (context, { args, options }) => {
  const { host, output, json } = context;
  const file = resolve(host.cwd, args.file);
  const source = openYaml(relative(host.cwd, file) || args.file, await readText(file));
  if (source.fault !== null)
    throw usageError(`${source.file}, line ${source.fault.line}: ${source.fault.message}`);
  const files = openGatewayFiles(file, {
    cwd: host.cwd,
    models: readModels(options.model),
    stubs: options.stubs,
  });
  const made = convertGateway(source, files);
  const dir = resolve(host.cwd, options.out ?? workerNameOf(made.name) ?? "gateway");
  if (!options.check) await writeFolders(made, dir);
  const pushed = options.push && !options.check ? await pushAll(await context.api(), made, dir) : [];
  if (json) output.document({ ...describe(made), dir: options.check ? null : dir, pushed });
  else showReport(context, made, { dir: relative(host.cwd, dir) || ".", isWritten: !options.check, pushed });
  const isWhole = made.entries.every(({ status }) => status !== "refused");
  return isWhole ? exitCodes.ok.code : exitCodes.usage.code;
};

const describe = ({ name, entries, folders }: Conversion) => ({
  name,
  entries,
  workers: folders.map(({ worker }) => worker),
});

function readModels(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((one) => {
      const [tier = "", ...model] = one.split("=");
      if (!["local", "standard", "frontier"].includes(tier) || model.join("=") === "")
        throw usageError(`--model ${one} is not tier=model; tiers are local, standard and frontier.`);
      return [tier, model.join("=")];
    }),
  );
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new CliError(`${path} cannot be read.`, { exit: "notFound", code: "no_file", cause });
  }
}

/** Writes what was made; nothing that is there is touched. */
async function writeFolders({ folders }: Conversion, dir: string): Promise<void> {
  for (const { worker, files } of folders) {
    for (const { path, text } of files) {
      const place = join(dir, worker, path);
      await mkdir(dirname(place), { recursive: true });
      try {
        await writeFile(place, text, { flag: "wx" });
      } catch (cause) {
        throw new CliError(`${place} is there already, or cannot be written.`, {
          exit: "conflict",
          code: "file_exists",
          hint: "Name another folder with --out.",
          cause,
        });
      }
    }
  }
}

/** What nobody has read yet waits for a person. Those that others call go first. */
async function pushAll(
  api: Api,
  { folders }: Conversion,
  dir: string,
): Promise<{ worker: string; version: number }[]> {
  const pushed: { worker: string; version: number }[] = [];
  for (const { worker } of folders) {
    const { zip } = await packFolder(join(dir, worker));
    const { version } = await api.call(workerRoutes.putWorkerBundle, {
      params: { worker },
      query: { quarantine: "true" },
      body: zip,
      headers: { "content-type": "application/zip" },
    });
    pushed.push({ worker, version: version.number });
  }
  return pushed;
}

interface Written {
  dir: string;
  isWritten: boolean;
  pushed: readonly { worker: string; version: number }[];
}

function showReport({ output }: CommandContext, made: Conversion, { dir, isWritten, pushed }: Written): void {
  output.table(
    ["LINE", "ENTRY", "NAME", "BECOMES", "TOOLS"],
    made.entries.map((entry) => [
      `${entry.file}:${entry.line}`,
      entry.path,
      entry.name,
      entry.worker ?? entry.status,
      entry.tools.map(({ was, is }) => (was === is ? is : `${was} -> ${is}`)).join(", "),
    ]),
  );
  for (const entry of made.entries) showEntry(output, entry);
  const count = formatCount(made.folders.length, "worker");
  if (!isWritten) output.note(`${count} would be made; nothing was written.`);
  else if (made.folders.length > 0)
    output.note(`Wrote ${count} to ${dir}: read them, then push each with floom workers push.`);
  if (pushed.length > 0) {
    output.note(
      `Pushed ${formatCount(pushed.length, "worker")}; nothing runs them before they are promoted: floom trust list`,
    );
  }
}

function showEntry(
  output: CommandContext["output"],
  { path, reason, left_out: left, next }: ImportEntry,
): void {
  if (reason !== null) output.note(`refused ${path}: ${reason}`);
  for (const { key, file, line, reason: why } of left)
    output.note(`left out ${key} (${file}:${line}): ${why}`);
  for (const step of next) output.note(`to do for ${path}: ${step}`);
}
