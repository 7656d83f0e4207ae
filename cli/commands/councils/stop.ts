import { councilRoutes } from "#contract/councils/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { stopCouncilSpec } from "./specs.ts";

/** Stops a council. */
export const run: Run<typeof stopCouncilSpec> = async (context, { args, options }) => {
  const api = await context.api();
  const council = await api.call(councilRoutes.stopCouncil, {
    params: { run: args.run },
    json: { reason: options.reason },
  });
  if (context.json) context.output.document(council);
  else
    context.output.note("It ends with the turns that are under way; floom councils show has what came out.");
  return exitCodes.ok.code;
};
