/** The unit a limit is counted in; it is shown behind the number. */
export type LimitUnit =
  "bytes" | "files" | "characters" | "seconds" | "milliseconds" | "runs" | "items" | "attempts";

/** One number a user can meet. */
export interface Limit {
  value: number;
  unit: LimitUnit;
  /** What is limited, as a phrase that reads after "The limit for". */
  what: string;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** Every number a user can meet, and the one place it is written. The reference page is generated from this table. */
export const limits = {
  bundle_file_bytes: { value: 5 * MIB, unit: "bytes", what: "one file of a bundle" },
  bundle_total_bytes: { value: 50 * MIB, unit: "bytes", what: "all files of a bundle, unpacked" },
  bundle_zip_bytes: { value: 50 * MIB, unit: "bytes", what: "the zip of a bundle as sent" },
  bundle_files: { value: 2000, unit: "files", what: "the files of one bundle" },
  bundle_path_characters: { value: 512, unit: "characters", what: "a path inside a bundle" },
  manifest_bytes: { value: 256 * KIB, unit: "bytes", what: "worker.yml" },
  json_body_bytes: { value: 256 * KIB, unit: "bytes", what: "a JSON request body" },
  source_body_bytes: {
    value: 16 * MIB,
    unit: "bytes",
    what: "a JSON body that carries the files of a worker",
  },
  upload_bytes: { value: 25 * MIB, unit: "bytes", what: "one uploaded file" },
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
  journal_post_bytes: { value: 512 * KIB, unit: "bytes", what: "one post of a run's journal" },
  journal_bytes: { value: 32 * MIB, unit: "bytes", what: "the journal of one attempt" },
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
  run_grace_seconds: { value: 60, unit: "seconds", what: "collecting the results of a run after its time" },
  launch_patience_seconds: {
    value: 300,
    unit: "seconds",
    what: "waiting for a sandbox while the provider refuses or is away",
  },
  finish_seconds: { value: 600, unit: "seconds", what: "storing the results of a run that has ended" },
  queue_seconds: { value: 86_400, unit: "seconds", what: "waiting in a worker's queue" },
  platform_attempts: { value: 3, unit: "attempts", what: "starting a run over when the platform lost it" },
  wait_seconds: { value: 60, unit: "seconds", what: "?wait=" },
  page_items: { value: 200, unit: "items", what: "one page of a list" },
  log_page_items: { value: 20000, unit: "items", what: "log lines in one answer" },
  idempotency_seconds: { value: 86_400, unit: "seconds", what: "how long an idempotency key is remembered" },
  webhook_body_bytes: { value: MIB, unit: "bytes", what: "the body of a webhook" },
  webhook_tolerance_seconds: {
    value: 300,
    unit: "seconds",
    what: "how old a signed webhook may be when the trigger does not say",
  },
  webhook_wait_seconds: { value: 25, unit: "seconds", what: "how long a webhook is held for its run's end" },
  receipt_seconds: {
    value: 604_800,
    unit: "seconds",
    what: "how long a webhook is kept, and its id remembered",
  },
  same_body_seconds: {
    value: 300,
    unit: "seconds",
    what: "how long a webhook without an id counts as the one before with the same body",
  },
  secret_overlap_seconds: {
    value: 86_400,
    unit: "seconds",
    what: "how long the old secret of a webhook stays good when nothing else is asked for",
  },
  inbox_items: { value: 10_000, unit: "items", what: "webhooks kept for one worker; the oldest go first" },
  inbox_bytes: {
    value: 64 * MIB,
    unit: "bytes",
    what: "the bodies of webhooks kept for one worker; the oldest go first",
  },
  inbox_body_bytes: {
    value: 64 * KIB,
    unit: "bytes",
    what: "a webhook's body kept with its record; a larger one is stored beside it",
  },
  inbox_unsigned_items: {
    value: 100,
    unit: "items",
    what: "webhooks with a bad signature kept for one trigger",
  },
  redeliver_items: { value: 100, unit: "items", what: "webhooks sent once more by one request" },
  triggers_per_worker: { value: 100, unit: "items", what: "the triggers of one worker" },
  occurrences_kept: { value: 200, unit: "items", what: "the times kept on record of one schedule" },
  catch_up_runs: {
    value: 100,
    unit: "runs",
    what: "runs a schedule with missed: all makes up for at once; older ones are left out",
  },
  catch_up_seconds: {
    value: 7 * 86_400,
    unit: "seconds",
    what: "how far back a schedule makes up for missed times",
  },
  schedule_late_seconds: {
    value: 60,
    unit: "seconds",
    what: "how late a schedule may start before its time counts as missed",
  },
  schedule_alert_seconds: {
    value: 300,
    unit: "seconds",
    what: "how long a due schedule may go without starting before an alert is sent",
  },
  calls_per_run: { value: 50, unit: "runs", what: "runs that one run may start by calling other workers" },
  call_depth_runs: { value: 3, unit: "runs", what: "runs one below the other when workers call workers" },
  compared_log_lines: { value: 2000, unit: "items", what: "log lines of each run when two are compared" },
  approval_seconds: {
    value: 604_800,
    unit: "seconds",
    what: "how long an approval waits for a decision when the manifest does not say",
  },
  approval_most_seconds: {
    value: 2_592_000,
    unit: "seconds",
    what: "how long an approval, or a wait for something outside, may last",
  },
  approval_key_characters: { value: 200, unit: "characters", what: "the key of await_external" },
  approvals_at_once_items: { value: 100, unit: "items", what: "approvals decided by one request" },
  annotations_bytes: { value: 256 * KIB, unit: "bytes", what: "the annotations of one decision as JSON" },
  annotation_characters: { value: 8000, unit: "characters", what: "one text of a decision" },
  decision_body_bytes: { value: 512 * KIB, unit: "bytes", what: "the body of a decision" },
  worker_alerts: { value: 20, unit: "items", what: "alerts of one worker" },
  alert_email_items: { value: 10, unit: "items", what: "mail addresses of one alert" },
  alert_deliveries: { value: 1000, unit: "items", what: "finished alert messages kept for one worker" },
  alert_kept_seconds: {
    value: 2_592_000,
    unit: "seconds",
    what: "how long a finished alert message is kept",
  },
  alert_timeout_seconds: { value: 15, unit: "seconds", what: "waiting for the answer to an alert's post" },
  alert_response_bytes: { value: KIB, unit: "bytes", what: "what is kept of the answer to an alert's post" },
  queue_runs: { value: 10_000, unit: "runs", what: "runs waiting in one worker's queue" },
  queue_overtake_seconds: {
    value: 300,
    unit: "seconds",
    what: "how much earlier another run may have come that a run of the next higher priority overtakes",
  },
  redrive_runs: { value: 100, unit: "runs", what: "failed runs in one bulk re-drive or dismissal" },
  worker_concurrency_runs: {
    value: 100,
    unit: "runs",
    what: "runs of one worker at the same time when the manifest does not say",
  },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof limits;

/** A limit as people read it, e.g. `5 MiB`, `2,000 files`, `60 seconds`. */
export function formatLimit(name: LimitName): string {
  const { value, unit }: Limit = limits[name];
  if (unit !== "bytes") return `${value.toLocaleString("en-US")} ${unit}`;
  return value >= MIB ? `${value / MIB} MiB` : `${value / KIB} KiB`;
}
