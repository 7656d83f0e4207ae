import { limits } from "#contract/limits";
import { versionRoutes } from "#contract/versions/routes";
import type { WaitingVersion } from "#contract/versions/review";
import { formatAgo } from "#contract/words";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { listWaitingSpec } from "./specs.ts";

/** Lists what waits in quarantine over all workers. */
export const run: Run<typeof listWaitingSpec> = async (context) => {
  const { output, host, json } = context;
  const api = await context.api();
  const waiting: WaitingVersion[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: limits.page_items.value, cursor };
    const page = await api.call(versionRoutes.listQuarantine, { query });
    waiting.push(...page.versions);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
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
