import { workerRoutes } from "#contract/workers/routes";
import { formatAgo, formatBytes, formatCount } from "#contract/words";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { versionsSpec } from "./specs.ts";

const MOST = 100;

/** Lists a worker's versions and says which one is active. */
export const run: Run<typeof versionsSpec> = async (context, { args, options }) => {
  const { output, host, json } = context;
  const api = await context.api();
  const query = options.limit === undefined ? {} : { limit: Math.min(options.limit, MOST) };
  const versions = await api.call(workerRoutes.listVersions, { params: { worker: args.worker }, query });
  if (json) output.document(versions);
  else {
    output.table(
      ["VERSION", "MANIFEST", "CREATED", "FILES", "SIZE", "DIGEST"],
      versions.map((version) => [
        version.active ? `${version.number} ${output.style.green("active")}` : String(version.number),
        version.manifest_version,
        formatAgo(version.created_at, host.now()),
        formatCount(version.file_count, "file"),
        formatBytes(version.size_bytes),
        version.digest.slice(0, 12),
      ]),
    );
    for (const { number, not_activated: note } of versions)
      if (note !== undefined) output.note(`Version ${number} was not activated: ${note}`);
  }
  return exitCodes.ok.code;
};
