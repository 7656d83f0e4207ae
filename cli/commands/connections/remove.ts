import { connectionRoutes } from "#contract/connections/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { removeConnectionSpec } from "./specs.ts";

/** Removes a connection. */
export const run: Run<typeof removeConnectionSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  await api.call(connectionRoutes.deleteConnection, { params: { connection: args.connection } });
  if (json) output.document({ connection: args.connection, removed: true });
  else output.line(`Removed ${args.connection}.`);
  return exitCodes.ok.code;
};
