import type { InputFile, RunSpec } from "./run-spec.ts";

/** What came in from outside for a run: its text, or null and the stored file when it is large. */
export interface CameIn {
  event: string | null;
  files: InputFile[];
}

const EVENT_PATH = "event.json";

/** What came in from outside for the run of a spec; null for a run that nothing outside has started. Pure. */
export function findCameIn(spec: RunSpec): CameIn | null {
  if (spec.event === undefined) return null;
  const files = spec.event === null ? spec.input_files.filter((file) => file.path === EVENT_PATH) : [];
  return { event: spec.event, files };
}

/** Where a run comes from besides its trigger: a run that it replays, or a run whose worker called it. */
export interface RunOrigin {
  replay_of?: string;
  dry?: boolean;
  /** What had come in from outside for the replayed run. */
  came_in?: CameIn | null;
  caller?: Caller;
  /** The caller's wish, in seconds. */
  timeout_seconds?: number;
}

/** What a run that calls another worker hands down to it. */
export interface Caller {
  run_id: string;
  workspace_id: string;
  worker_id: string;
  worker_name: string;
  /** Token or trigger that asked for the first of the callers. */
  requester?: string;
  /** Names of the workers it may call. */
  calls: readonly string[];
  /** Ids of the workers above it, the first caller's first. */
  callers: readonly string[];
  root_run_id: string;
  depth: number;
  /** When its script's time is over at the latest, epoch milliseconds. */
  deadline_at: number;
  api_url: string;
  ended: boolean;
  dry: boolean;
  replay_of: string | null;
}

/**
 * The spec of a run with its origin. A child has no more time than is left to its caller; a dry run has no network but
 * the edge itself. Pure.
 */
export function applyOrigin(spec: RunSpec, origin: RunOrigin): RunSpec {
  const { caller, came_in: cameIn } = origin;
  const dry = origin.dry ?? false;
  const restSeconds = caller
    ? Math.max(1, Math.floor((caller.deadline_at - spec.created_at) / 1000))
    : Infinity;
  const timeout = Math.min(spec.timeout_seconds, restSeconds, Math.ceil(origin.timeout_seconds ?? Infinity));
  return {
    ...spec,
    timeout_seconds: timeout,
    install_timeout_seconds: Math.min(spec.install_timeout_seconds, restSeconds),
    ...(origin.replay_of === undefined ? {} : { replay_of: origin.replay_of }),
    ...(cameIn ? { event: cameIn.event, input_files: [...spec.input_files, ...cameIn.files] } : {}),
    ...(dry ? { dry, network: { allow_out: [new URL(spec.api_url).hostname], deny_out: [] } } : {}),
    ...(caller
      ? {
          lineage: {
            parent_run_id: caller.run_id,
            root_run_id: caller.root_run_id,
            depth: caller.depth + 1,
            callers: [...caller.callers, caller.worker_id],
            deadline_at: caller.deadline_at,
          },
        }
      : {}),
  };
}

/** What tells requests apart that ask for the same inputs of the same worker. Pure. */
export function originFacts({ replay_of, dry, caller }: RunOrigin): unknown[] {
  return replay_of === undefined && caller === undefined
    ? []
    : [replay_of ?? null, dry ?? false, caller?.run_id ?? null];
}
