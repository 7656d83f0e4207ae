import { connectionRoutes } from "#contract/connections/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { tellConnection } from "./tell-connection.ts";
import type { showConnectionSpec } from "./specs.ts";

/** Shows one connection. */
export const run: Run<typeof showConnectionSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const found = await api.call(connectionRoutes.getConnection, { params: { connection: args.connection } });
  if (json) output.document(found);
  else tellConnection(output, found);
  return exitCodes.ok.code;
};
