import { workSessionRoutes } from "#contract/work-sessions/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { findSession } from "./find-session.ts";
import type { syncSessionSpec } from "./specs.ts";

/** Asks for the workspace to be brought into line with its remote. */
export const run: Run<typeof syncSessionSpec> = async (context, { args }) => {
  const { output, json, host } = context;
  const api = await context.api();
  const session = await findSession(api, host, args.session);
  const asked = await api.call(workSessionRoutes.syncWorkSession, { params: { session } });
  if (json) output.document(asked);
  else output.note(`A person has to approve it first: floom approvals show ${asked.approval_id}`);
  return exitCodes.ok.code;
};
