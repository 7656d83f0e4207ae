import { triggerRoutes } from "#contract/triggers/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { findTrigger } from "./find-trigger.ts";
import type { testTriggerSpec } from "./specs.ts";

/** Starts the run a trigger would start, and says how to follow it. */
export const run: Run<typeof testTriggerSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const { id } = await findTrigger(api, args.trigger);
  const started = await api.call(triggerRoutes.testTrigger, { params: { trigger: id } });
  if (json) output.document(started);
  else {
    output.line(started.run_id);
    output.note(`Follow it with: floom runs logs ${started.run_id} --follow`);
  }
  return exitCodes.ok.code;
};
