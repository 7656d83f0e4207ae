import { KIB, MIB } from "../limit.ts";
import type { Limit } from "../limit.ts";

/** The limits of a run. */
export const runLimits = {
  inputs_bytes: { value: 256 * KIB, unit: "bytes", what: "the inputs of one run as JSON" },
  result_bytes: { value: 5 * MIB, unit: "bytes", what: "result.json" },
  inline_outputs_bytes: {
    value: 128 * KIB,
    unit: "bytes",
    what: "outputs kept with the run record; larger ones are stored beside it",
  },
  artifact_bytes: { value: 100 * MIB, unit: "bytes", what: "one output or artifact file of a run" },
  artifacts_total_bytes: {
    value: 500 * MIB,
    unit: "bytes",
    what: "all output and artifact files of one run",
  },
  artifacts_per_run: { value: 200, unit: "files", what: "output and artifact files of one run" },
  log_bytes: {
    value: 8 * MIB,
    unit: "bytes",
    what: "the log of one run; what comes after is counted, and its last part kept",
  },
  log_tail_bytes: { value: 64 * KIB, unit: "bytes", what: "the end of a log that outgrew its limit" },
  log_line_bytes: { value: 64 * KIB, unit: "bytes", what: "one log line; a longer one is split" },
  partial_characters: {
    value: 16 * KIB,
    unit: "characters",
    what: "what is shown of a function's pieces before it is done; the newest are kept",
  },
  partial_pieces: {
    value: 100,
    unit: "items",
    what: "pieces that are shown of a function before it is done; the newest are kept",
  },
  run_warnings: {
    value: 20,
    unit: "items",
    what: "warnings on one run's record; what else does not fit is not told",
  },
  log_page_items: { value: 20000, unit: "items", what: "log lines in one answer" },
  run_timeout_seconds: { value: 3600, unit: "seconds", what: "how long a run may take at most" },
  run_timeout_default_seconds: {
    value: 300,
    unit: "seconds",
    what: "how long a run may take when the manifest does not say",
  },
  install_timeout_seconds: {
    value: 180,
    unit: "seconds",
    what: "installing a worker's dependencies, at least",
  },
  dependencies_bytes: {
    value: 100 * MIB,
    unit: "bytes",
    what: "a version's installed dependencies, packed; larger ones are installed anew in every run",
  },
  build_log_bytes: { value: 256 * KIB, unit: "bytes", what: "the log of building a version's dependencies" },
  run_grace_seconds: { value: 60, unit: "seconds", what: "collecting the results of a run after its time" },
  launch_patience_seconds: {
    value: 300,
    unit: "seconds",
    what: "waiting for a sandbox while the provider refuses or is away",
  },
  finish_seconds: { value: 600, unit: "seconds", what: "storing the results of a run that has ended" },
  queue_seconds: { value: 86_400, unit: "seconds", what: "waiting in a worker's queue" },
  queue_runs: { value: 10_000, unit: "runs", what: "runs waiting in one worker's queue" },
  queue_overtake_seconds: {
    value: 300,
    unit: "seconds",
    what: "how much earlier another run may have come that a run of the next higher priority overtakes",
  },
  worker_concurrency_runs: {
    value: 100,
    unit: "runs",
    what: "runs of one worker at the same time when the manifest does not say",
  },
  platform_attempts: { value: 3, unit: "attempts", what: "starting a run over when the platform lost it" },
  wait_seconds: { value: 60, unit: "seconds", what: "?wait=" },
} as const satisfies Record<string, Limit>;
