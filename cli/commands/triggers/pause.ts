import { triggerRoutes } from "#contract/triggers/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { findTrigger } from "./find-trigger.ts";
import type { pauseTriggerSpec } from "./specs.ts";

/** Pauses a trigger; a repeat changes nothing. */
export const run: Run<typeof pauseTriggerSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const { id } = await findTrigger(api, args.trigger);
  const trigger = await api.call(triggerRoutes.pauseTrigger, { params: { trigger: id } });
  if (json) output.document(trigger);
  else output.line(`${trigger.worker_id}/${trigger.name} is paused.`);
  return exitCodes.ok.code;
};
