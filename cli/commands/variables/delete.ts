import { variableRoutes } from "#contract/variables/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { deleteVariableSpec } from "./specs.ts";

/** Deletes a variable of the workspace. */
export const run: Run<typeof deleteVariableSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  await api.call(variableRoutes.deleteVariable, { params: { variable: args.variable } });
  if (json) output.document({ variable: args.variable, deleted: true });
  else output.line(`${args.variable} is not set any more.`);
  return exitCodes.ok.code;
};
