import { contextRoutes } from "#contract/contexts/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { rollbackContextSpec } from "./specs.ts";

/** Makes an earlier version the newest, as a new one. */
export const run: Run<typeof rollbackContextSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const change = await api.call(contextRoutes.rollbackContext, {
    params: { context: args.context, version: args.version },
  });
  if (json) output.document(change);
  else if (change.changed.length === 0)
    output.line(`${args.context} is as it was then: nothing was changed.`);
  else {
    output.line(
      `${args.context} is as in version ${args.version} again; that is version ${change.context.version}.`,
    );
  }
  return exitCodes.ok.code;
};
