import { councilRoutes } from "#contract/councils/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { showCouncil } from "./show-council.ts";
import type { showCouncilSpec } from "./specs.ts";

/** Shows a council, also while it goes on. */
export const run: Run<typeof showCouncilSpec> = async (context, { args, options }) => {
  const api = await context.api();
  const call = { params: { run: args.run }, query: { member: options.member } };
  showCouncil(context, await api.call(councilRoutes.getCouncil, call));
  return exitCodes.ok.code;
};
