import type { CalendarSlot } from "#contract/triggers/calendar";
import { triggerRoutes } from "#contract/triggers/routes";
import { isTrouble } from "#contract/triggers/slot-trouble";
import { formatDuration } from "#contract/words";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { calendarSpec } from "./specs.ts";

/** Shows what schedules expect beside what became of what they expected, oldest first. */
export const run: Run<typeof calendarSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const api = await context.api();
  const calendar = await api.call(triggerRoutes.getScheduleCalendar, {
    query: {
      ...(args.worker === undefined ? {} : { worker_id: args.worker }),
      ...(options.since === undefined ? {} : { since: options.since }),
      ...(options.until === undefined ? {} : { until: options.until }),
    },
  });
  const slots = options.trouble === true ? calendar.slots.filter(isTrouble) : calendar.slots;
  if (json) {
    output.document({ ...calendar, slots });
    return exitCodes.ok.code;
  }
  const names = new Map(
    calendar.schedules.map(({ trigger_id: id, worker_id: worker, name }) => [id, `${worker}/${name}`]),
  );
  if (slots.length === 0) output.note(`Nothing between ${calendar.since} and ${calendar.until}.`);
  else {
    output.table(
      ["DUE", "SCHEDULE", "WHAT HAPPENED", "LATE", "RUN"],
      slots.map((slot) => [
        slot.due_at,
        names.get(slot.trigger_id) ?? slot.trigger_id,
        describeSlot(slot),
        slot.is_late && slot.late_ms !== null ? formatDuration(slot.late_ms) : "",
        slot.run_id ?? "",
      ]),
    );
  }
  for (const { trigger_id: id, known_until: end } of calendar.schedules)
    if (end !== null) output.note(`${names.get(id)} is listed up to ${end}; it goes on behind that.`);
  return exitCodes.ok.code;
};

function describeSlot({ state, run_status: status, reason }: CalendarSlot): string {
  const word = status ?? state;
  return reason === null ? word : `${word}: ${reason}`;
}
