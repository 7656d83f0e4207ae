import * as z from "zod";
import { missedStartIdSchema, triggerIdSchema, workerNameSchema } from "../ids.ts";
import { pageQuerySchema } from "../page.ts";

/** A time of a schedule that did not start when it was expected to, as it was told of, once. */
export const missedStartSchema = z.object({
  id: missedStartIdSchema,
  worker_id: workerNameSchema.describe("The worker's name, which is its address."),
  trigger_id: triggerIdSchema,
  name: z.string().describe("The schedule's name."),
  due_at: z.iso.datetime().describe("When it was to start."),
  noted_at: z.iso.datetime().describe("When that was found out."),
  code: z.string().describe("Why it did not start, as a stable code."),
  reason: z.string().describe("The same in words."),
});
export type MissedStart = z.infer<typeof missedStartSchema>;

export const listMissedStartsQuerySchema = pageQuerySchema.extend({
  worker_id: z.string().max(200).optional().describe("Only this worker's."),
  id: missedStartIdSchema.optional().describe("Only this one."),
});

export const missedStartPageSchema = z.object({
  missed: z.array(missedStartSchema),
  next_cursor: z.string().nullable(),
});
