import type { RunEvent } from "#contract/runs/run-event";
import type { RunDetail, RunSummary } from "#contract/runs/run";
import type { PushResult, VersionSummary, WorkerDetail, WorkerSummary } from "#contract/workers/worker";
import {
  artifactIdSchema,
  runIdSchema,
  versionIdSchema,
  workerIdSchema,
  workerNameSchema,
} from "#contract/ids";
import type { VersionId } from "#contract/ids";
import { manifestSchema } from "#contract/manifest/manifest";
import type { Field, Manifest } from "#contract/manifest/manifest";

// Records as the edge answers them, for tests of its clients.

const body = "0".repeat(25);
const time = "2026-01-01T23:59:00.000Z";

export const sampleRunId = runIdSchema.parse(`run_${body}1`);
export const sampleArtifactId = artifactIdSchema.parse(`art_${body}1`);

function sampleVersionId(number: number): VersionId {
  return versionIdSchema.parse(`ver_${body}${number}`);
}

export function sampleField(change: Partial<Field> = {}): Field {
  return { name: "name", kind: "scalar", type: "string", label: "Name", required: true, ...change };
}

function sampleManifest(inputs: Field[] = [sampleField()]): Manifest {
  return manifestSchema.parse({
    schema_version: "0.3",
    name: "hello-worker",
    title: "Hello worker",
    description: "Greets.",
    is_example: false,
    system_worker: false,
    archived: false,
    paused: false,
    visibility: "private",
    tags: [],
    version: "0.1.0",
    authors: [],
    targets: ["generic"],
    calls: [],
    triggers: [],
    limits: {
      timeout_seconds: 30,
      max_tool_iterations: 12,
      max_output_tokens: 1,
      max_total_tokens: 1,
    },
    exec: {
      entry: "run.py",
      mode: "script",
      command: "python run.py",
      runtime: "python311",
      runner: "e2b",
      disable_tools: [],
      inputs,
      outputs: [],
      secrets: [],
    },
    connections: [],
    contexts: [],
    approvals: {
      required: false,
      label: "Approve action",
    },
    capabilities: {
      secrets: [],
      files: [],
      network: {
        egress: false,
        allow_out: [],
        deny_out: [],
      },
    },
  });
}

export function sampleVersion(number = 1): VersionSummary {
  return {
    id: sampleVersionId(number),
    number,
    digest: "a".repeat(64),
    active: true,
    manifest_version: "0.1.0",
    file_count: 2,
    size_bytes: 2048,
    created_at: time,
    pushed_by: null,
    state: "active",
    decided_by: null,
    decision_reason: null,
  };
}

export function sampleWorker(change: Partial<WorkerSummary> = {}): WorkerSummary {
  return {
    id: "hello-worker",
    uid: workerIdSchema.parse(`wrk_${body}1`),
    name: "Hello worker",
    description: "Greets.",
    is_example: false,
    system: false,
    archived: false,
    archive_reason: null,
    paused: false,
    stage: "live",
    tags: [],
    folder: null,
    folder_source: null,
    status: "ready",
    trigger_type: "manual",
    runner: "e2b",
    runtime: "python311",
    mode: "script",
    version: 1,
    digest: "a".repeat(64),
    last_run: null,
    inputs: [],
    triggers_spec: [],
    visibility: "private",
    created_at: time,
    updated_at: time,
    ...change,
  };
}

export function sampleWorkerDetail(inputs?: Field[]): WorkerDetail {
  return {
    ...sampleWorker(),
    enabled: true,
    secrets: [],
    missing_secrets: [],
    contexts: [],
    missing_contexts: [],
    permissions: {
      is_owner: true,
      can_view: true,
      can_edit: true,
      can_run: true,
      can_delete: true,
      can_share: false,
    },
    recent_stats: { last_run_at: null, runs_7d: 0, success_rate_7d: null, success_rate_change_7d: null },
    input_values: {},
    next_run_at: null,
    last_fired_at: null,
    webhook_url: null,
    config: sampleManifest(inputs),
    manifest_yaml: "name: hello-worker\n",
    run_py: null,
    skill_md_content: null,
    files: [{ path: "run.py", language: "python", content: "", binary: false, size: 10 }],
    outputs: [sampleField({ name: "greeting", label: "Greeting", required: false })],
    recent_runs: [sampleRunSummary()],
    versions: [sampleVersion()],
  };
}

export function samplePush(change: Partial<PushResult> = {}): PushResult {
  return {
    worker: sampleWorker(),
    version: sampleVersion(),
    created: true,
    changed: true,
    warnings: [],
    ...change,
  };
}

const sampleWorkerName = workerNameSchema.parse("hello-worker");

export function sampleRunSummary(change: Partial<RunSummary> = {}): RunSummary {
  return {
    id: sampleRunId,
    run_id: sampleRunId,
    worker_id: sampleWorkerName,
    worker_name: "Hello worker",
    version: 1,
    action: null,
    status: "completed",
    trigger_source: "cli",
    created_at: time,
    started_at: time,
    completed_at: time,
    duration_ms: 1200,
    error: null,
    error_code: null,
    attempt: 1,
    ...change,
  };
}

export function sampleRun(change: Partial<RunDetail> = {}): RunDetail {
  return {
    ...sampleRunSummary(),
    worker_uid: workerIdSchema.parse(`wrk_${body}1`),
    version_id: sampleVersionId(1),
    trigger_ref: null,
    runner: "e2b",
    input: {},
    inputs: {},
    output: {},
    outputs: { greeting: "Hello, Ada!" },
    output_schema: [],
    artifacts: [],
    logs: [],
    failure: null,
    attempts: [],
    priority: "normal",
    error_raw: null,
    why_waiting: null,
    exit_code: 0,
    progress: null,
    usage: null,
    replay_of: null,
    dry: false,
    parent_run_id: null,
    root_run_id: sampleRunId,
    depth: 0,
    queue_position: null,
    can_replay: false,
    transcript: [],
    stages: [],
    tool_calls: [],
    approval_trail: null,
    approval_status: null,
    total_tokens: null,
    cost: { sandbox_usd: 0, model_usd: 0, total_usd: 0 },
    total_cost_usd: 0,
    ...change,
  };
}

/** A run from its start to its end: one line of each stream, progress, end. */
export function sampleEvents(): RunEvent[] {
  const status = (seq: number, change: Partial<Extract<RunEvent, { type: "status" }>>): RunEvent => ({
    seq,
    timestamp: time,
    type: "status",
    run_id: sampleRunId,
    status: "running",
    attempt: 1,
    why_waiting: null,
    error: null,
    failure: null,
    completed_at: null,
    duration_ms: null,
    ...change,
  });
  const log = (seq: number, stream: "stdout" | "stderr" | "system", message: string): RunEvent => ({
    seq,
    timestamp: time,
    type: "log",
    level: "info",
    stream,
    message,
  });
  return [
    status(1, { status: "queued", why_waiting: "Waits for a sandbox." }),
    status(2, {}),
    log(3, "system", "sandbox ready"),
    log(4, "stdout", "line one\nline two"),
    { seq: 5, timestamp: time, type: "progress", percent: 50, message: "halfway" },
    log(6, "stderr", "a warning"),
    status(7, { status: "completed", completed_at: time, duration_ms: 1200 }),
    { seq: 8, timestamp: time, type: "close", status: "completed" },
  ];
}
