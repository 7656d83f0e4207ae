import { workSessionRoutes } from "#contract/work-sessions/routes";
import { formatAgo } from "#contract/words";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { listSessionsSpec } from "./specs.ts";

/** Lists sessions, newest first. */
export const run: Run<typeof listSessionsSpec> = async ({ output, json, host, ...context }, { options }) => {
  const api = await context.api();
  const page = await api.call(workSessionRoutes.listWorkSessions, { query: { limit: options.limit ?? 20 } });
  if (json) {
    output.document(page);
    return exitCodes.ok.code;
  }
  output.table(
    ["SESSION", "NAME", "STATUS", "BEGUN", "LAST HEARD OF"],
    page.sessions.map(({ id, name, status, started_at, last_seen_at }) => [
      id,
      name,
      status,
      formatAgo(started_at, host.now()),
      formatAgo(last_seen_at, host.now()),
    ]),
  );
  if (page.next_cursor !== null) output.note("There are more: -n shows more of them.");
  return exitCodes.ok.code;
};
