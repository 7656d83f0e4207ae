import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { workerRoutes } from "#contract/workers/routes";
import { formatCount } from "#contract/words";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { openPushMemory } from "../../bundle/push-memory.ts";
import { saveFiles } from "../../bundle/save-files.ts";
import type { pullSpec } from "./specs.ts";
import { unzipFiles } from "../../bundle/zip.ts";

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
  const files = await unzipFiles(new Uint8Array(await response.arrayBuffer()));
  const incoming = files.map(({ path, executable, bytes }) => ({
    path,
    executable,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    open: async () => [bytes],
  }));
  await saveFiles({ cwd: host.cwd, dir: args.dir ?? args.worker }, incoming, options);
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
