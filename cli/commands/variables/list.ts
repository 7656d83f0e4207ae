import { variableRoutes } from "#contract/variables/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { listVariablesSpec } from "./specs.ts";

/** Lists the workspace's variables. */
export const run: Run<typeof listVariablesSpec> = async (context) => {
  const { output, json } = context;
  const api = await context.api();
  const { variables } = await api.call(variableRoutes.listVariables);
  if (json) output.document(variables);
  else if (variables.length === 0) output.note("The workspace sets no variables.");
  else {
    output.table(
      ["VARIABLE", "VALUE"],
      variables.map(({ name, value }) => [name, value]),
    );
  }
  return exitCodes.ok.code;
};
