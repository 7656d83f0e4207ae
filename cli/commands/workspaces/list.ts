import { memberRoutes } from "#contract/members/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { listWorkspacesSpec } from "./specs.ts";

/** Lists the workspaces that the credential reaches. */
export const run: Run<typeof listWorkspacesSpec> = async (context) => {
  const { output, json } = context;
  const api = await context.api();
  const workspaces = await api.call(memberRoutes.listWorkspaces);
  if (json) output.document(workspaces);
  else {
    output.table(
      ["", "WORKSPACE", "ROLE", "ID"],
      workspaces.map((one) => [one.current ? "*" : "", one.name, one.role, one.id]),
    );
  }
  return exitCodes.ok.code;
};
