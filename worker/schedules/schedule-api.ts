import * as z from "zod";
import { actionNameSchema, triggerIdSchema, workerNameSchema, workspaceIdSchema } from "#contract/ids";
import type { RunId, TriggerId } from "#contract/ids";
import { missedRuleSchema } from "#contract/manifest/manifest";
import type { OccurrenceStatus } from "#contract/triggers/trigger";
import { defineDocument, storedValuesSchema } from "../platform/objects/stored-document.ts";

const scheduleEntrySchema = z.object({
  trigger_id: triggerIdSchema,
  name: z.string(),
  workspace_id: workspaceIdSchema,
  worker_name: workerNameSchema,
  cron: z.string(),
  timezone: z.string(),
  missed: missedRuleSchema,
  action: actionNameSchema.optional(),
  inputs: storedValuesSchema,
  paused: z.boolean(),
  pinned_version: z.int().nullable(),
  /** Whose it is: they count as requesters of the runs it starts. */
  makers: z.array(z.string()).readonly().optional(),
});

/** A schedule as its worker's object keeps it: all that it takes to know when it is due and what to start. */
export type ScheduleEntry = z.infer<typeof scheduleEntrySchema>;
export const scheduleEntryDocument = defineDocument("schedule", scheduleEntrySchema);

/** One expected start and what became of it. Times are epoch milliseconds. */
export interface OccurrenceRecord {
  trigger_id: TriggerId;
  due_at: number;
  status: OccurrenceStatus;
  run_id: RunId | null;
  started_at: number | null;
  code: string | null;
  reason: string | null;
}

export interface ScheduleState {
  trigger_id: TriggerId;
  next_at: number | null;
  last: OccurrenceRecord | null;
}

/** The remote calls of a WorkerObject that are about its schedules. */
export interface ScheduleApi {
  /**
   * Says that what the worker's triggers come from is about to change. Should nobody settle them afterwards, the
   * object does it by itself a little later: a crash in between loses no schedule.
   */
  expectTriggers(workerId: string): Promise<void>;
  /** Makes the worker's triggers those of its active version, and its schedules those of its triggers. Repeatable. */
  settleTriggers(): Promise<void>;
  scheduleStates(): Promise<ScheduleState[]>;
  /** Newest first. */
  listOccurrences(triggerId: string, limit: number): Promise<OccurrenceRecord[]>;
}
