import type { Field, Manifest } from "#contract/manifest";
import type { RetryRule } from "./run-state.ts";
import type { Inputs, TriggerSource } from "#contract/run";

/** A file input: which upload, and where the worker wants it. */
export interface InputFile {
  name: string;
  sha256: string;
  path: string;
}

/**
 * All that a run will ever need, frozen when it is accepted: nothing is looked up again, so that a new push, a deleted
 * worker or a changed setting cannot change a run that is on its way. Replay starts from it too.
 */
export interface RunSpec {
  run_id: string;
  workspace_id: string;
  worker_id: string;
  worker_name: string;
  worker_title: string;
  version_id: string;
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
  trigger_source: TriggerSource;
  trigger_ref: string | null;
  /** Origin the runner posts to. */
  api_url: string;
  created_at: number;
  /** What came in from outside, for `event.json`; null when it is one of the input files because of its size. */
  event?: string | null;
}
