import { workSessionRoutes } from "#contract/work-sessions/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { findSession } from "./find-session.ts";
import { showSession } from "./show-session.ts";
import type { sessionStatusSpec } from "./specs.ts";

/** Shows a session. */
export const run: Run<typeof sessionStatusSpec> = async (context, { args }) => {
  const api = await context.api();
  const session = await findSession(api, context.host, args.session);
  showSession(context, await api.call(workSessionRoutes.getWorkSession, { params: { session } }));
  return exitCodes.ok.code;
};
