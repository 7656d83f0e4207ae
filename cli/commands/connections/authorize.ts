import { connectionRoutes } from "#contract/connections/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { authorizeConnectionSpec } from "./specs.ts";

/** Prints the link where somebody signs in. */
export const run: Run<typeof authorizeConnectionSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const link = await api.call(connectionRoutes.authorizeConnection, {
    params: { connection: args.connection },
  });
  if (json) output.document(link);
  else {
    output.note("Open it within ten minutes, in a browser that is signed in to Floom:");
    output.line(link.url);
  }
  return exitCodes.ok.code;
};
