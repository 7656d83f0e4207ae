import { memoryRoutes } from "#contract/memory/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { resolveFeedbackSpec } from "./specs.ts";

/** Takes a rule out of force. */
export const run: Run<typeof resolveFeedbackSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const params = { worker: args.worker, feedback: args.feedback };
  const rule = await api.call(memoryRoutes.resolveFeedback, { params });
  if (json) output.document(rule);
  else output.line(`Resolved: ${rule.text}`);
  return exitCodes.ok.code;
};
