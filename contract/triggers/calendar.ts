import * as z from "zod";
import { runIdSchema, triggerIdSchema, workerNameSchema } from "../ids.ts";
import { runStatusSchema } from "../runs/run.ts";
import { triggerLimits } from "./limits.ts";

/**
 * What a calendar says of one time of a schedule. `expected`: it lies ahead; `waiting`: it has come and has not started
 * yet; `started`: its run was accepted; `skipped`: left out for a reason that is no fault; `missed`: it passed while nothing
 * could start; `refused`: its run was refused for good.
 */
export const slotStateSchema = z.enum(["expected", "waiting", "started", "skipped", "missed", "refused"]);

/** One time of a schedule: what is expected, or what became of it. */
export const calendarSlotSchema = z.object({
  trigger_id: triggerIdSchema,
  due_at: z.iso.datetime().describe("When it is, or was, to start."),
  state: slotStateSchema,
  run_id: runIdSchema.nullable(),
  run_status: runStatusSchema
    .nullable()
    .describe("How its run stands; null without one, or when the run is not on record any more."),
  late_ms: z
    .int()
    .nonnegative()
    .nullable()
    .describe("How long after its time the run was accepted, or how long it waits by now."),
  is_late: z.boolean().describe("Later than a schedule may be before its time counts as missed."),
  code: z.string().nullable().describe("Why it did not start, as a stable code."),
  reason: z.string().nullable().describe("The same in words."),
});
export type CalendarSlot = z.infer<typeof calendarSlotSchema>;

/** A schedule whose times a calendar shows. */
export const calendarScheduleSchema = z.object({
  trigger_id: triggerIdSchema,
  worker_id: workerNameSchema.describe("The worker's name, which is its address."),
  name: z.string(),
  cron: z.string(),
  timezone: z.string(),
  paused: z.boolean().describe("A paused schedule expects nothing."),
  known_from: z.iso
    .datetime()
    .nullable()
    .describe("Before this, what became of its times is not on record any more; null when all of it is."),
  known_until: z.iso
    .datetime()
    .nullable()
    .describe("Behind this, more is expected than is listed; null when all of it is."),
});
export type CalendarSchedule = z.infer<typeof calendarScheduleSchema>;

export const scheduleCalendarSchema = z.object({
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  now: z.iso.datetime().describe("The server's clock: what lies before it has happened."),
  schedules: z.array(calendarScheduleSchema).describe("By worker and name."),
  slots: z.array(calendarSlotSchema).describe("Oldest first."),
});
export type ScheduleCalendar = z.infer<typeof scheduleCalendarSchema>;

const LONGEST_MS = triggerLimits.calendar_seconds.value * 1000;

const millisecondsBetween = ({ since, until }: { since?: string | undefined; until?: string | undefined }) =>
  since === undefined || until === undefined ? 1 : Date.parse(until) - Date.parse(since);

export const scheduleCalendarQuerySchema = z
  .object({
    since: z.iso
      .datetime({ offset: true })
      .optional()
      .describe("The first moment shown; a week ago, or two weeks before `until`, when left out."),
    until: z.iso
      .datetime({ offset: true })
      .optional()
      .describe("The first moment that is not shown any more; two weeks after `since` when left out."),
    worker_id: z.string().max(200).optional().describe("Only this worker's schedules."),
  })
  .refine((query) => millisecondsBetween(query) > 0, { path: ["until"], message: "must come after since" })
  .refine((query) => millisecondsBetween(query) <= LONGEST_MS, {
    path: ["until"],
    message: `may be at most ${triggerLimits.calendar_seconds.value / 86_400} days after since`,
  });
export type ScheduleCalendarQuery = z.infer<typeof scheduleCalendarQuerySchema>;
