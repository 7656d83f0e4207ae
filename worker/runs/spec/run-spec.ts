import type { Field, Manifest } from "#contract/manifest/manifest";
import type { ApprovalRule } from "../lifecycle/hold-state.ts";
import type { RetryRule } from "../lifecycle/run-state.ts";
import type { RunId, VersionId, WorkerId, WorkerName } from "#contract/ids";
import type { Inputs, Priority, TriggerSource } from "#contract/runs/run";

/** A file input: which upload, and where the worker wants it. */
export interface InputFile {
  name: string;
  sha256: string;
  path: string;
}

/** The runs above a run that another one called. */
export interface RunLineage {
  parent_run_id: RunId;
  root_run_id: RunId;
  /** 1 below the first caller. */
  depth: number;
  /** Ids of the workers above, the first caller's first. */
  callers: readonly string[];
  /** When the caller's time is over, epoch milliseconds. */
  deadline_at: number;
}

/**
 * All that a run will ever need, frozen when it is accepted: nothing is looked up again, so that a new push, a deleted
 * worker or a changed setting cannot change a run that is on its way. Replay starts from it too.
 */
export interface RunSpec {
  run_id: RunId;
  workspace_id: string;
  worker_id: WorkerId;
  worker_name: WorkerName;
  worker_title: string;
  version_id: VersionId;
  version: number;
  bundle_digest: string;
  entry: string;
  command: string;
  runtime: string;
  secrets: string[];
  outputs: Field[];
  input_fields: Field[];
  /** Checked and converted; a file input holds its path in the work directory. */
  inputs: Inputs;
  /** As they were given; what people see. */
  given_inputs: Inputs;
  input_files: InputFile[];
  network: { allow_out: string[]; deny_out: string[] };
  timeout_seconds: number;
  install_timeout_seconds: number;
  retry: RetryRule | null;
  /** Whom the version wants to be told of the end. */
  notify: Manifest["notify"] | null;
  priority: Priority;
  /** How long it may wait for its turn. */
  queue_ttl_seconds: number;
  /** How people are asked before it may act; absent for a worker that acts at once. */
  approvals?: ApprovalRule;
  /** Set by the platform on the follow-up of an approval: which one, and the run that asked. */
  approval?: { id: string; run_id: string };
  /** Token or trigger that asked for the run; a called run's is its caller's. */
  requester?: string;
  /** As the manifest says; a follow-up run is admitted by it. */
  concurrency?: Manifest["concurrency"];
  trigger_source: TriggerSource;
  trigger_ref: string | null;
  /** Origin the runner posts to. */
  api_url: string;
  created_at: number;
  /** What came in from outside, for `event.json`; null when it is one of the input files because of its size. */
  event?: string | null;
  /** Names of the workers it may call. */
  calls?: readonly string[];
  /** The run that it replays. */
  replay_of?: RunId;
  /** Nothing may leave the sandbox: no network but the edge, calls answered from the replayed run. */
  dry?: boolean;
  /** Absent when no run called this one. */
  lineage?: RunLineage;
}
