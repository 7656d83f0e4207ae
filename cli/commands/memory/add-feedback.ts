import { memoryRoutes } from "#contract/memory/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { addFeedbackSpec } from "./specs.ts";

/** Gives a worker's agent a rule. */
export const run: Run<typeof addFeedbackSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const rule = await api.call(memoryRoutes.addFeedback, {
    params: { worker: args.worker },
    json: { text: args.text },
  });
  if (json) output.document(rule);
  else output.line(`Added ${rule.id}. Runs of ${rule.worker_id} that begin from now on are told of it.`);
  return exitCodes.ok.code;
};
