import { connectionRoutes } from "#contract/connections/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { listConnectionToolsSpec } from "./specs.ts";

/** Lists a connection's tools. */
export const run: Run<typeof listConnectionToolsSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const found = await api.call(connectionRoutes.listConnectionTools, {
    params: { connection: args.connection },
  });
  if (json) output.document(found);
  else if (found.tools.length === 0)
    output.note(`None was listed. Ask its server: floom connections test ${args.connection}`);
  else {
    output.table(
      ["TOOL", "EFFECT", "STATE", "CALLED AS"],
      found.tools.map(({ name, effect, state, allowed, full_name }) => [
        name,
        effect,
        allowed ? state : `${state}, not allowed`,
        full_name,
      ]),
    );
  }
  return exitCodes.ok.code;
};
