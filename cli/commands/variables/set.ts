import { variableRoutes } from "#contract/variables/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { setVariableSpec } from "./specs.ts";

/** Sets a variable of the workspace. */
export const run: Run<typeof setVariableSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const set = await api.call(variableRoutes.setVariable, {
    params: { variable: args.variable },
    json: { value: args.value },
  });
  if (json) output.document(set);
  else output.line(`${set.name} is ${set.value} from the next push of its worker on.`);
  return exitCodes.ok.code;
};
