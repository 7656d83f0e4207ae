import * as z from "zod";
import { workerNameSchema } from "#contract/ids";
import { missedRuleSchema } from "#contract/manifest/manifest";
import { inputsSchema } from "#contract/runs/run";
import type { OccurrenceStatus } from "#contract/triggers/trigger";
import { defineDocument } from "../platform/objects/stored-document.ts";

const scheduleEntrySchema = z.object({
  trigger_id: z.string(),
  name: z.string(),
  workspace_id: z.string(),
  worker_name: workerNameSchema,
  cron: z.string(),
  timezone: z.string(),
  missed: missedRuleSchema,
  inputs: inputsSchema,
  paused: z.boolean(),
  pinned_version: z.int().nullable(),
});

/** A schedule as its worker's object keeps it: all that it takes to know when it is due and what to start. */
export type ScheduleEntry = z.infer<typeof scheduleEntrySchema>;
export const scheduleEntryDocument = defineDocument("schedule", scheduleEntrySchema);

/** One expected start and what became of it. Times are epoch milliseconds. */
export interface OccurrenceRecord {
  trigger_id: string;
  due_at: number;
  status: OccurrenceStatus;
  run_id: string | null;
  started_at: number | null;
  code: string | null;
  reason: string | null;
}

export interface ScheduleState {
  trigger_id: string;
  next_at: number | null;
  last: OccurrenceRecord | null;
}

/** The remote calls of a WorkerObject that are about its schedules. */
export interface ScheduleApi {
  /**
   * Says that what the worker's triggers come from is about to change. Should nobody settle them afterwards, the
   * object does it by itself a little later: a crash in between loses no schedule.
   */
  expectTriggers(place: { workerId: string; apiUrl: string }): Promise<void>;
  /** Makes the worker's triggers those of its active version, and its schedules those of its triggers. Repeatable. */
  settleTriggers(): Promise<void>;
  scheduleStates(): Promise<ScheduleState[]>;
  /** Newest first. */
  listOccurrences(triggerId: string, limit: number): Promise<OccurrenceRecord[]>;
}
