import type { variableRoutes } from "#contract/variables/routes";
import type { RouteHandlers } from "../http/mount.ts";
import type { Db } from "../platform/db/client.ts";
import { deleteVariable, listVariables, setVariable } from "./service.ts";

export const variableHandlers: RouteHandlers<typeof variableRoutes, { db: Db }> = {
  listVariables: (deps, { principal }) => listVariables(deps, principal),
  setVariable: (deps, { principal, params, json }) =>
    setVariable(deps, principal, { name: params.variable, value: json.value }),
  async deleteVariable(deps, { principal, params }) {
    await deleteVariable(deps, principal, params.variable);
    return undefined;
  },
};
