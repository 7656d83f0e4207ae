import { connectionRoutes } from "#contract/connections/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { testConnectionSpec } from "./specs.ts";

/** Asks a connection's server now. */
export const run: Run<typeof testConnectionSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const tested = await api.call(connectionRoutes.testConnection, { params: { connection: args.connection } });
  if (json) output.document(tested);
  else output.line(`${tested.status}: ${tested.reason}`);
  return tested.status === "valid" ? exitCodes.ok.code : exitCodes.unavailable.code;
};
