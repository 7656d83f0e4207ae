import { memberRoutes } from "#contract/members/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { createWorkspaceSpec } from "./specs.ts";

/** Makes a workspace. */
export const run: Run<typeof createWorkspaceSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const made = await api.call(memberRoutes.createWorkspace, { json: { name: args.name } });
  if (json) output.document(made);
  else output.line(`${made.name} is ${made.id}.`);
  return exitCodes.ok.code;
};
