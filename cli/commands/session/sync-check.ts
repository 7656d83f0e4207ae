import { workSessionRoutes } from "#contract/work-sessions/routes";
import { formatAgo } from "#contract/words";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { findSession } from "./find-session.ts";
import type { checkSyncSpec } from "./specs.ts";

/** Shows what has changed since a session began. */
export const run: Run<typeof checkSyncSpec> = async (context, { args }) => {
  const { output, json, host } = context;
  const api = await context.api();
  const session = await findSession(api, host, args.session);
  const check = await api.call(workSessionRoutes.checkWorkSessionSync, { params: { session } });
  if (json) {
    output.document(check);
    return exitCodes.ok.code;
  }
  output.note("The workspace has no remote: there is nothing to compare it with.");
  if (check.changed.length === 0) output.note("No worker has changed since the session began.");
  else {
    output.table(
      ["WORKER", "VERSION", "CHANGED"],
      check.changed.map(({ worker, version, changed_at }) => [
        worker,
        String(version),
        formatAgo(changed_at, host.now()),
      ]),
    );
  }
  return exitCodes.ok.code;
};
