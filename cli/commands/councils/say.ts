import { randomUUID } from "node:crypto";
import { councilRoutes } from "#contract/councils/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { sayToCouncilSpec } from "./specs.ts";

/** Says something to a council. */
export const run: Run<typeof sayToCouncilSpec> = async (context, { args, options }) => {
  const api = await context.api();
  const council = await api.call(councilRoutes.interveneInCouncil, {
    params: { run: args.run },
    json: { message: args.message, speaker: options.as, key: randomUUID() },
  });
  if (context.json) context.output.document(council);
  else context.output.note("Every turn that begins from now on is told of it.");
  return exitCodes.ok.code;
};
