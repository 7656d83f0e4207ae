import type { Run } from "../../command.ts";
import { sendDecision, tellDecision } from "./decide.ts";
import type { rejectSpec } from "./specs.ts";

/** Rejects what an approval or a run asks. */
export const run: Run<typeof rejectSpec> = async (context, { args, options }) => {
  const json = options.reason === undefined ? {} : { reason: options.reason };
  return tellDecision(context, await sendDecision(await context.api(), { id: args.id, act: "reject", json }));
};
