import { formatAgo } from "#contract/words";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { listTriggers } from "../triggers/find-trigger.ts";
import type { listSchedulesSpec } from "./specs.ts";

/** Lists schedules, those that start next first. */
export const run: Run<typeof listSchedulesSpec> = async (context, { args }) => {
  const { output, host, json } = context;
  const triggers = await listTriggers(await context.api(), args.worker);
  const schedules = triggers
    .filter((trigger) => trigger.type === "schedule")
    .toSorted((a, b) => (a.next_at ?? "~").localeCompare(b.next_at ?? "~"));
  if (json) output.document(schedules);
  else if (schedules.length === 0)
    output.note('No schedules yet. Make one: floom schedules set <worker> "0 9 * * 1-5"');
  else {
    output.table(
      ["SCHEDULE", "CRON", "NEXT", "LAST", "RUN"],
      schedules.map((schedule) => [
        `${schedule.worker_id}/${schedule.name}`,
        `${schedule.cron} ${schedule.timezone}`,
        schedule.paused ? output.style.yellow("paused") : (schedule.next_at ?? "never"),
        schedule.last_due_at === null
          ? "-"
          : `${schedule.last_status} ${formatAgo(schedule.last_due_at, host.now())}`,
        schedule.last_run_id ?? "",
      ]),
    );
  }
  return exitCodes.ok.code;
};
