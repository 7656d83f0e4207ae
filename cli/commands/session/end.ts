import { workSessionRoutes } from "#contract/work-sessions/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { findSession } from "./find-session.ts";
import { showSession } from "./show-session.ts";
import type { endSessionSpec } from "./specs.ts";

/** Ends a session. */
export const run: Run<typeof endSessionSpec> = async (context, { args, options }) => {
  const api = await context.api();
  const session = await findSession(api, context.host, args.session);
  const call = { params: { session }, json: { message: options.message } };
  showSession(context, await api.call(workSessionRoutes.endWorkSession, call));
  return exitCodes.ok.code;
};
