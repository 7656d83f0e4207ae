import { randomUUID } from "node:crypto";
import { workSessionRoutes } from "#contract/work-sessions/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { startSessionSpec } from "./specs.ts";

/** Begins a session; its id alone goes to standard output, for a shell to keep. */
export const run: Run<typeof startSessionSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const api = await context.api();
  const session = await api.call(workSessionRoutes.startWorkSession, {
    json: { name: args.name, key: options.key ?? randomUUID(), lapse_seconds: options.lapse },
  });
  if (json) output.document(session);
  else {
    output.line(session.id);
    output.note(`Runs are added to it while FLOOM_SESSION=${session.id} is set.`);
  }
  return exitCodes.ok.code;
};
