import { versionRoutes } from "#contract/versions/routes";
import { formatAgo } from "#contract/words";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { readPages } from "../../read-pages.ts";
import type { listWaitingSpec } from "./specs.ts";

/** Lists what waits in quarantine over all workers. */
export const run: Run<typeof listWaitingSpec> = async (context) => {
  const { output, host, json } = context;
  const api = await context.api();
  const { items: waiting } = await readPages(Infinity, async (at) => {
    const page = await api.call(versionRoutes.listQuarantine, { query: at });
    return { items: page.versions, next_cursor: page.next_cursor };
  });
  if (json) output.document(waiting);
  else if (waiting.length === 0) output.note("No version waits in quarantine.");
  else {
    output.table(
      ["WORKER", "VERSION", "PUSHED BY", "PUSHED", "DIGEST"],
      waiting.map(({ worker, version }) => [
        worker,
        String(version.number),
        version.pushed_by ?? "-",
        formatAgo(version.created_at, host.now()),
        version.digest.slice(0, 12),
      ]),
    );
    output.note("Review one with: floom trust show WORKER VERSION");
  }
  return exitCodes.ok.code;
};
