import { triggerRoutes } from "#contract/triggers/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { nextTimesSpec } from "./specs.ts";

/** Shows the next times of an expression. */
export const run: Run<typeof nextTimesSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const api = await context.api();
  const timezone = options.timezone ?? "UTC";
  const preview = await api.call(triggerRoutes.previewSchedule, { query: { cron: args.cron, timezone } });
  if (json) output.document(preview);
  else for (const time of preview.next) output.line(`${time}  ${inZone(time, timezone)}`);
  return exitCodes.ok.code;
};

function inZone(time: string, timezone: string): string {
  const format = { timeZone: timezone, dateStyle: "full", timeStyle: "short", hourCycle: "h23" } as const;
  return `${new Intl.DateTimeFormat("en-GB", format).format(new Date(time))} ${timezone}`;
}
