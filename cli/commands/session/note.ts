import { workSessionRoutes } from "#contract/work-sessions/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { findSession } from "./find-session.ts";
import type { noteSessionSpec } from "./specs.ts";

/** Writes something down. */
export const run: Run<typeof noteSessionSpec> = async (context, { args }) => {
  const { output, json, host } = context;
  const api = await context.api();
  const session = await findSession(api, host, args.session);
  const call = { params: { session }, json: { note: args.note } };
  const noted = await api.call(workSessionRoutes.addWorkSessionNote, call);
  if (json) output.document(noted);
  else output.note(`Written down in ${noted.name}.`);
  return exitCodes.ok.code;
};
