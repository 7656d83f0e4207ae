import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { contextRoutes } from "#contract/contexts/routes";
import { formatCount } from "#contract/words";
import { saveFiles } from "../../bundle/save-files.ts";
import { unzipFiles } from "../../bundle/zip.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { pullContextSpec } from "./specs.ts";

/** Fetches a context's files; one that is there and differs is only replaced by force, and then all are. */
export const run: Run<typeof pullContextSpec> = async (context, { args, options }) => {
  const { host, output, json } = context;
  const dir = args.dir ?? args.context;
  const api = await context.api();
  const response = await api.open(contextRoutes.downloadContext, {
    params: { context: args.context },
    query: { version: options.version },
  });
  const files = await unzipFiles(new Uint8Array(await response.arrayBuffer()));
  const incoming = files.map(({ path, bytes }) => ({
    path,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    open: async () => [bytes],
  }));
  await saveFiles({ cwd: host.cwd, dir }, incoming, options);
  const place = resolve(host.cwd, dir);
  if (json) output.document({ context: args.context, dir: place, files: files.map(({ path }) => path) });
  else output.line(`Pulled ${args.context} into ${place} (${formatCount(files.length, "file")}).`);
  return exitCodes.ok.code;
};
