import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { listTriggers } from "./find-trigger.ts";
import type { listTriggersSpec } from "./specs.ts";

/** Lists triggers of both kinds. */
export const run: Run<typeof listTriggersSpec> = async (context, { args }) => {
  const { output, json } = context;
  const triggers = await listTriggers(await context.api(), args.worker);
  if (json) output.document(triggers);
  else if (triggers.length === 0)
    output.note("No triggers yet. Declare them in worker.yml, or: floom schedules set");
  else {
    output.table(
      ["TRIGGER", "STARTS WHEN", "STATE", "DECLARED", "ID"],
      triggers.map((trigger) => [
        `${trigger.worker_id}/${trigger.name}`,
        trigger.webhook ? `POST ${trigger.webhook.url}` : `${trigger.cron} ${trigger.timezone}`,
        trigger.paused ? output.style.yellow("paused") : "on",
        trigger.origin === "manifest" ? "worker.yml" : "here",
        trigger.id,
      ]),
    );
  }
  return exitCodes.ok.code;
};
