import { triggerRoutes } from "#contract/triggers/routes";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { findTrigger } from "./find-trigger.ts";
import type { deleteTriggerSpec } from "./specs.ts";

/** Deletes a trigger after asking; without a terminal to ask at, --yes is demanded. */
export const run: Run<typeof deleteTriggerSpec> = async (context, { args, options }) => {
  const { output, host, json } = context;
  const api = await context.api();
  const trigger = await findTrigger(api, args.trigger);
  const name = `${trigger.worker_id}/${trigger.name}`;
  if (!options.yes) {
    if (json || !host.stdin.isTerminal) throw usageError(`Deleting ${name} needs --yes here.`);
    const answer = await output.ask(`Delete ${name}? [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) {
      output.note("Nothing was deleted.");
      return exitCodes.ok.code;
    }
  }
  await api.call(triggerRoutes.deleteTrigger, { params: { trigger: trigger.id } });
  if (json) output.document({ id: trigger.id, deleted: true });
  else output.line(`Deleted ${name}.`);
  return exitCodes.ok.code;
};
