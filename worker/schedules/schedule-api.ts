import type { WorkerName } from "#contract/ids";
import type { MissedRule } from "#contract/manifest/manifest";
import type { Inputs } from "#contract/runs/run";
import type { OccurrenceStatus } from "#contract/triggers/trigger";

/** A schedule as its worker's object keeps it: all that it takes to know when it is due and what to start. */
export interface ScheduleEntry {
  trigger_id: string;
  name: string;
  workspace_id: string;
  worker_name: WorkerName;
  cron: string;
  timezone: string;
  missed: MissedRule;
  inputs: Inputs;
  paused: boolean;
  pinned_version: number | null;
}

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
