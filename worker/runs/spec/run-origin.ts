import type { RunId, WorkerId, WorkerName, WorkspaceId } from "#contract/ids";
import type { KeptStage, PlanState } from "#contract/pipelines/stage";
import type { Inputs } from "#contract/runs/run";
import type { InputFile, RunLineage, RunSpec } from "./run-spec.ts";

/** What came in from outside for a run: its text, or null and the stored file when it is large. */
export interface TriggerEvent {
  event: string | null;
  files: InputFile[];
}

/** Where a script finds what came in from outside, in its work directory. */
export const EVENT_PATH = "event.json";

/** What came in from outside for the run of a spec; null for a run that nothing outside has started. Pure. */
export function findTriggerEvent(spec: RunSpec): TriggerEvent | null {
  if (spec.event === null) return null;
  const { text } = spec.event;
  const files = text === null ? spec.input_files.filter((file) => file.path === EVENT_PATH) : [];
  return { event: text, files };
}

/** Where a run comes from besides its trigger: a run that it replays, or a run whose worker called it. */
export interface RunOrigin {
  replay_of?: RunId;
  /** On which version, where whoever asks names the key: the same key is not good for another one. */
  replay_on?: "same" | "active";
  dry?: boolean;
  /** From which stage a pipeline goes on, and what it takes over. */
  from_stage?: {
    name: string;
    kept: readonly KeptStage[];
    /** Other inputs of that stage than its expressions say. */
    inputs?: Inputs;
    /** The plan that the stage belongs to, where a worker has made one. */
    plan?: PlanState;
  };
  /** What had come in from outside for the replayed run. */
  trigger_event?: TriggerEvent | null;
  caller?: Caller;
  /** The caller's wish, in seconds. */
  timeout_seconds?: number;
}

/** What a run that calls another worker hands down to it. */
export interface Caller {
  run_id: RunId;
  workspace_id: WorkspaceId;
  worker_id: WorkerId;
  worker_name: WorkerName;
  /** Token or trigger that asked for the first of the callers. */
  requester: string | null;
  co_requesters?: readonly string[] | undefined;
  /** Names of the workers it may call. */
  calls: readonly string[];
  /** How many runs it may start in all. */
  most_calls: number;
  /** Names of the secrets it is given. */
  secrets: readonly string[];
  /** When it was accepted, epoch milliseconds. */
  created_at: number;
  /** Ids of the workers above it, the first caller's first. */
  callers: readonly WorkerId[];
  root_run_id: RunId;
  depth: number;
  /** When its script's time is over at the latest, epoch milliseconds. */
  deadline_at: number;
  /** Its attempt, where that sleeps until the run has ended: a pipeline's, or a council's. */
  waiting_attempt?: number | undefined;
  ended: boolean;
  dry: boolean;
  replay_of: RunId | null;
}

/** The runs above a run that `caller` starts. Pure. */
export function buildLineage(caller: Caller): RunLineage {
  return {
    parent_run_id: caller.run_id,
    root_run_id: caller.root_run_id,
    depth: caller.depth + 1,
    callers: [...caller.callers, caller.worker_id],
    deadline_at: caller.deadline_at,
    ...(caller.waiting_attempt === undefined ? {} : { waiting_attempt: caller.waiting_attempt }),
  };
}

/** What tells requests apart that ask for the same inputs of the same worker. Pure. */
export function originFacts(origin: RunOrigin): unknown[] {
  const { replay_of, replay_on = "same", dry, caller, from_stage } = origin;
  if (replay_of === undefined && caller === undefined) return [];
  const on = replay_on === "same" ? [] : [replay_on];
  const { name, inputs = {} } = from_stage ?? {};
  const edits = Object.keys(inputs).length === 0 ? {} : { stage_inputs: inputs };
  const from = name === undefined ? [] : [{ from_stage: name, ...edits }];
  return [replay_of ?? null, dry ?? false, caller?.run_id ?? null, ...on, ...from];
}
