import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { workerRoutes } from "#contract/workers/routes";
import { CliError, usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { formatCount } from "../../output/format.ts";
import { openPushMemory } from "../../bundle/push-memory.ts";
import { placeBelow } from "../../bundle/save-files.ts";
import type { pullSpec } from "./specs.ts";
import { unzipFiles, type ZipFile } from "../../bundle/zip.ts";

interface PlacedFile extends ZipFile {
  place: string;
}

/** Fetches a worker's folder; a file that is there and differs is only replaced by force, and then all are. */
export const run: Run<typeof pullSpec> = async (context, { args, options }) => {
  const { host, output, json } = context;
  const wanted = parseVersion(options.version);
  const dir = resolve(host.cwd, args.dir ?? args.worker);
  const api = await context.api();
  const versions = await api.call(workerRoutes.listVersions, {
    params: { worker: args.worker },
    query: { limit: 100 },
  });
  const active = versions.find((version) => version.active);
  const number = wanted ?? active?.number;
  const response = await api.open(workerRoutes.downloadWorkerBundle, {
    params: { worker: args.worker },
    query: { version: number },
  });
  const files = (await unzipFiles(new Uint8Array(await response.arrayBuffer()))).map((file) => ({
    ...file,
    place: placeBelow(dir, file.path),
  }));
  if (!options.force) await expectNoneLost(files, host.cwd);
  await mkdir(dir, { recursive: true });
  for (const { place, bytes } of files) {
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, bytes);
  }
  const pulled = versions.find((version) => version.number === number);
  if (pulled !== undefined) {
    await openPushMemory(context.connection()).remember(dir, {
      worker: args.worker,
      versionId: pulled.id,
      versionNumber: pulled.number,
    });
  }
  if (json) {
    output.document({
      worker: args.worker,
      version: number ?? null,
      dir,
      files: files.map(({ path }) => path),
    });
  } else {
    output.line(
      `Pulled ${args.worker}, version ${number ?? "?"}, into ${dir} (${formatCount(files.length, "file")}).`,
    );
  }
  return exitCodes.ok.code;
};

function parseVersion(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(text)) throw usageError("--version needs a version's number.");
  return Number(text);
}

/** Throws CliError naming every file that would be replaced by another content. */
async function expectNoneLost(files: readonly PlacedFile[], cwd: string): Promise<void> {
  const differing: string[] = [];
  for (const { place, bytes } of files) {
    const there = await readFile(place).catch(() => undefined);
    if (there !== undefined && !there.equals(bytes)) differing.push(relative(cwd, place));
  }
  if (differing.length === 0) return;
  throw new CliError("Files are there already and differ; nothing was written.", {
    exit: "conflict",
    code: "files_differ",
    hint: "Pull into another folder, or replace them with --force.",
    errors: differing.map((file) => ({ pointer: file, detail: "differs" })),
  });
}
