import type { Run } from "../../command.ts";
import { readEdit, sendDecision, tellDecision } from "./decide.ts";
import type { approveSpec } from "./specs.ts";

/** Approves what an approval or a run asks, perhaps with edits. */
export const run: Run<typeof approveSpec> = async (context, { args, options }) => {
  const edited = await readEdit(context.host.cwd, options.edit);
  const result = await sendDecision(await context.api(), {
    id: args.id,
    act: "approve",
    json: {
      ...(options.comment === undefined ? {} : { reason: options.comment }),
      ...(edited === undefined ? {} : { edited_output: edited }),
    },
  });
  return tellDecision(context, result);
};
